import Synchronization

/// Ids that are the same when a deed is done again.
final class IDTape: Sendable {
    private struct Tape {
        var ids: [String] = []
        var place = 0
    }

    private let draw: @Sendable () -> String
    private let tape = Mutex(Tape())

    init(_ draw: @escaping @Sendable () -> String) { self.draw = draw }

    func rewind() { tape.withLock { $0.place = 0 } }

    func next() -> String {
        tape.withLock { tape in
            if tape.place == tape.ids.count { tape.ids.append(draw()) }
            tape.place += 1
            return tape.ids[tape.place - 1]
        }
    }
}
