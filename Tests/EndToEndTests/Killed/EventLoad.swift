import Foundation
import StrictJSON
import Synchronization
import TestSupport

/// HR's events of many people, and how they are delivered: each at least once, in any order, half of the deliveries saying
/// nothing new.
struct EventLoad: Sendable {
    /// One webhook.
    struct Delivery: Sendable {
        let id: String
        let events: [Int]
    }

    /// In the order in which they happened.
    let events: [String]
    let deliveries: [Delivery]

    /// - Parameter end: By it all of them have happened; seconds since 1970.
    init(events count: Int, people: Int, before end: Int, _ random: inout SeededGenerator) {
        let unique = count / 2
        var events: [String] = []
        var time = end - 30 * 24 * 3_600
        func add(_ type: String, _ person: Int, _ attributes: JSONObject) {
            time += 1 + (24 * 30 * 3_600 / max(unique, 1)) / 2
            let event: JSONValue = [
                "specversion": "1.0", "id": .string("\(type)-\(events.count)"), "source": "hr/load",
                "type": .string("io.tenure.identity.\(type)"),
                "time": .string(Date(timeIntervalSince1970: TimeInterval(time)).formatted(.iso8601)),
                "subject": .string("n-\(person)"), "data": ["person": .object(attributes)],
            ]
            events.append(event.compactText)
        }
        for person in 0..<people {
            add(
                "joined", person,
                JSONObject([
                    .init(name: "email", value: .string("n\(person)@mountainlab.io")),
                    .init(name: "given_name", value: "N"), .init(name: "family_name", value: .string("\(person)")),
                    .init(name: "type", value: "employee"), .init(name: "department", value: "Engineering"),
                ]))
        }
        for number in 0..<max(0, unique - people) {
            let type = random.pick(["moved", "moved", "moved", "suspended", "returned", "left", "rehired"])
            var attributes = JSONObject()
            if type == "moved" { attributes[random.pick(["title", "location"])] = .string("v\(number)") }
            add(type, random.below(people), attributes)
        }
        self.events = events
        deliveries = Self.shuffle(events.count, total: count, &random)
    }

    private static func shuffle(_ events: Int, total: Int, _ random: inout SeededGenerator) -> [Delivery] {
        var order = Array(0..<events)
        for index in order.indices.reversed() { order.swapAt(index, random.below(index + 1)) }
        var rest = order[...]
        var deliveries: [Delivery] = []
        while !rest.isEmpty {
            let size = random.chance(25) ? 1 + random.below(20) : 1
            deliveries.append(Delivery(id: "wh-\(deliveries.count)", events: Array(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        var again = total - events
        while again > 0 {
            // The same webhook once more, or the same event under another one.
            let old = deliveries[random.below(deliveries.count)]
            let delivery =
                random.chance(50) ? old : Delivery(id: "again-\(deliveries.count)", events: Array(old.events.prefix(1)))
            deliveries.insert(delivery, at: random.below(deliveries.count))
            again -= delivery.events.count
        }
        return deliveries
    }

    func body(_ delivery: Delivery) -> (text: String, isBatch: Bool) {
        guard delivery.events.count > 1 else { return (events[delivery.events[0]], false) }
        return ("[" + delivery.events.map { events[$0] }.joined(separator: ",") + "]", true)
    }
}

/// What is delivered, by whom, and what was acknowledged.
final class Deliveries: Sendable {
    private struct State {
        var next = 0
        var acknowledged = 0
        var events: Set<Int> = []
        var refused: [String] = []
    }

    private let load: EventLoad
    private let state = Mutex(State())

    init(_ load: EventLoad) { self.load = load }

    var acknowledged: Int { state.withLock { $0.acknowledged } }
    var acknowledgedEvents: Set<Int> { state.withLock { $0.events } }
    var refused: [String] { state.withLock { $0.refused } }
    var isOver: Bool { acknowledged + refused.count >= load.deliveries.count }

    /// One of several senders: each delivery until it is acknowledged, as HR does.
    func send(to port: Int, _ sender: HRSender) async throws {
        let connection = HTTPConnection(port: port, timeout: 120)
        while let delivery = take() {
            let (body, isBatch) = load.body(delivery)
            while true {
                do {
                    let answer = try await sender.send(body, id: delivery.id, isBatch: isBatch, on: connection)
                    if answer.status == 200 || answer.status == 202 {
                        state.withLock { state in
                            state.acknowledged += 1
                            state.events.formUnion(delivery.events)
                        }
                        break
                    }
                    if answer.status < 500 {
                        state.withLock { $0.refused.append("\(answer.status) \(answer.body.prefix(300))") }
                        break
                    }
                } catch is HTTPConnection.Silence {
                    // It was killed: whether it heard is not known, so it is told again.
                }
                try await Task.sleep(for: .milliseconds(30))
            }
        }
    }

    private func take() -> EventLoad.Delivery? {
        state.withLock { state in
            guard state.next < load.deliveries.count else { return nil }
            defer { state.next += 1 }
            return load.deliveries[state.next]
        }
    }
}
