/// The faults that one story goes through at one place.
struct Course: Sendable {
    let place: Place
    let story: Story
    let series: [FaultSeries]

    /// Every step of every kind. Where only the database is written to, every write was tried with the directory; the
    /// other connectors try a part of them again.
    static func full(_ place: Place, _ story: Story) -> Course {
        let isFile = place.target == .directory
        var series = kills(place)
        series.append(
            FaultSeries(actions: [.ioError, .diskFull], step: .write, stride: isFile && place.state == .sqlite ? 1 : 7))
        series.append(
            FaultSeries(actions: [.ioError], step: .durable, stride: isFile && place.state == .sqlite ? 1 : 3))
        series.append(pauses(place))
        return Course(place: place, story: story, series: series)
    }

    /// Every Nth step of each.
    static func sample(_ place: Place, _ story: Story, every stride: Int) -> Course {
        var course = full(place, story)
        course = Course(
            place: place, story: story,
            series: course.series.map { series in
                let isWrite = series.step == .write
                return FaultSeries(
                    actions: series.actions, step: series.step, stride: series.stride * stride * (isWrite ? 4 : 1))
            })
        return course
    }

    /// What shows that a defence is missing.
    static func telling(_ place: Place, _ story: Story) -> Course {
        Course(place: place, story: story, series: kills(place) + [pauses(place)])
    }

    private static func kills(_ place: Place) -> [FaultSeries] {
        var series = [
            FaultSeries(actions: [.killBefore], step: .durable), FaultSeries(actions: [.killAfter], step: .durable),
        ]
        // A request that was sent and whose answer nobody heard; with PostgreSQL a commit is one.
        if place.target != .directory || place.state == .postgresql {
            series.append(FaultSeries(actions: [.killAfter], step: .send))
        }
        return series
    }

    /// After an effect, with no lock held.
    private static func pauses(_ place: Place) -> FaultSeries {
        place.target == .directory
            ? FaultSeries(actions: [.stopAfter], step: .unlock)
            : FaultSeries(actions: [.stopAfter], step: .send, stride: 2)
    }
}
