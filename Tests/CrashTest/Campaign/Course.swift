/// The faults that one story goes through at one place.
struct Course: Sendable {
    let place: Place
    let story: Story
    let series: [FaultSeries]

    /// Every kill. What only concerns the database was tried at every step with the directory; the other connectors try
    /// a part of it again.
    static func full(_ place: Place, _ story: Story) -> Course {
        let isThorough = place == Place(state: .sqlite, target: .directory)
        let writes = isThorough ? (story.name == "leaver" ? 1 : 3) : 7
        return Course(
            place: place, story: story,
            series: kills(place) + [
                FaultSeries(actions: [.ioError, .diskFull], step: .write, stride: writes),
                FaultSeries(actions: [.ioError], step: .durable, stride: isThorough ? 1 : 3),
                pauses(place),
            ])
    }

    /// Every Nth step of each, and fewer of the writes.
    static func sample(_ place: Place, _ story: Story, every stride: Int) -> Course {
        let series = full(place, story).series.map { series in
            FaultSeries(
                actions: series.actions, step: series.step,
                stride: series.stride * stride * (series.step == .write ? 4 : 1))
        }
        return Course(place: place, story: story, series: series)
    }

    /// What shows that a defence is missing.
    static func telling(_ place: Place, _ story: Story) -> Course {
        Course(place: place, story: story, series: kills(place) + [pauses(place)])
    }

    /// The same with these faults alone; with all of them where none is named.
    func only(_ actions: [Fault.Action]) -> Course {
        guard !actions.isEmpty else { return self }
        return Course(
            place: place, story: story,
            series: series.filter { series in series.actions.contains(where: actions.contains) })
    }

    private static func kills(_ place: Place) -> [FaultSeries] {
        var series = [
            FaultSeries(actions: [.killBefore], step: .durable), FaultSeries(actions: [.killAfter], step: .durable),
        ]
        // A request that was sent and whose answer nobody heard; with PostgreSQL every commit is one, among many that
        // only read, so that where the target is a server too not each of them is tried again.
        switch (place.state, place.target) {
        case (.sqlite, .directory): break
        case (.sqlite, _), (.postgresql, .directory): series.append(FaultSeries(actions: [.killAfter], step: .send))
        case (.postgresql, _): series.append(FaultSeries(actions: [.killAfter], step: .send, stride: 3))
        }
        return series
    }

    /// After an effect, with no lock held.
    private static func pauses(_ place: Place) -> FaultSeries {
        switch (place.state, place.target) {
        case (_, .directory): FaultSeries(actions: [.stopAfter], step: .unlock)
        case (.sqlite, _): FaultSeries(actions: [.stopAfter], step: .send, stride: 2)
        case (.postgresql, _): FaultSeries(actions: [.stopAfter], step: .send, stride: 8)
        }
    }
}
