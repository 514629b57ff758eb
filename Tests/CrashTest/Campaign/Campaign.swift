import Foundation

/// Courses, a few at a time, each in a world of its own.
struct Campaign: Sendable {
    let courses: [Course]
    let jobs: Int
    /// A defence to leave out, by its name on the command line.
    var missing: String?
    /// Whether a course ends with the first fault that is not survived.
    var stopsWhenNoticed = false

    func run() async throws -> Tally {
        var rest = courses.makeIterator()
        var total = Tally()
        try await withThrowingTaskGroup(of: Tally.self) { group in
            for _ in 0..<jobs {
                guard let course = rest.next() else { break }
                group.addTask { try await run(course) }
            }
            while let tally = try await group.next() {
                total += tally
                guard let course = rest.next() else { continue }
                group.addTask { try await run(course) }
            }
        }
        return total
    }

    private func run(_ course: Course) async throws -> Tally {
        let begin = ContinuousClock.now
        let world = try await World(course.place, without: missing)
        var tally = Tally()
        do {
            for series in course.series where !(stopsWhenNoticed && tally.survived < tally.faults) {
                tally += try await run(series, course, world)
            }
        } catch {
            world.close()
            throw error
        }
        world.close()
        let seconds = begin.duration(to: .now).components.seconds
        Self.say("\(course.story.name), \(course.place): \(tally.line) in \(seconds) s")
        return tally
    }

    private func run(_ series: FaultSeries, _ course: Course, _ world: World) async throws -> Tally {
        var tally = Tally()
        while true {
            let fault = series.fault(tally.faults)
            switch try await Trial(world: world, story: course.story, fault: fault).run() {
            case .notReached:
                let kinds = series.actions.map(\.rawValue).joined(separator: "/")
                Self.say("  \(course.story.name), \(course.place): \(kinds) \(series.step.rawValue): \(tally.line)")
                return tally
            case .judged(let judgement):
                tally.add(judgement)
                report(judgement, fault, course)
                if stopsWhenNoticed, !judgement.isClean { return tally }
            }
        }
    }

    private func report(_ judgement: Judgement, _ fault: Fault, _ course: Course) {
        let place = "\(course.story.name), \(course.place), \(fault)"
        for line in judgement.lost.prefix(5) { Self.say("LOST \(place): \(line)") }
        for line in judgement.doubled.prefix(5) { Self.say("DOUBLED \(place): \(line)") }
    }

    /// A line at once, also into a pipe.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
