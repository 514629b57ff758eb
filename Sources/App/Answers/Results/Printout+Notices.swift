import Notices
import StrictJSON

extension Printout {
    /// What waits to be told: what is planned first, then what is on its way.
    public static func notices(_ notices: [WaitingNotice]) -> Printout {
        Printout(
            text: { ink in
                var table = TextTable(
                    "ID", "TYPE", "ABOUT", "CHANNEL", "TO", "STATE", "NEXT", "TRIED", "PROBLEM")
                for notice in notices { notice.add(to: &table) }
                return table.text(ink)
            }, json: { .array(notices.map(\.json)) })
    }
}

/// A notice that will be told, or one on its way to somebody.
public enum WaitingNotice: Sendable {
    case planned(Notice)
    case underway(NoticeOnItsWay)

    /// Of this one alone.
    public var key: String {
        switch self {
        case .planned(let notice): notice.id
        case .underway(let delivery): "\(delivery.notice.id) \(delivery.channel) \(delivery.recipient)"
        }
    }

    func add(to table: inout TextTable) {
        switch self {
        case .planned(let notice):
            table.add(
                notice.id, notice.kind.rawValue, notice.about, "", "", "planned", notice.due.description, "0", "")
        case .underway(let delivery):
            table.add(
                delivery.notice.id, delivery.notice.kind.rawValue, delivery.notice.about, delivery.channel,
                delivery.recipient, delivery.state.rawValue, delivery.nextAttempt?.description ?? "",
                String(delivery.attempts), delivery.problem ?? "")
        }
    }

    var json: JSONValue {
        switch self {
        case .planned(let notice):
            [
                "id": .string(notice.id), "type": .string(notice.kind.rawValue), "about": .string(notice.about),
                "at": .string(notice.at.description), "state": "planned", "next": .string(notice.due.description),
                "attempts": 0,
            ]
        case .underway(let delivery):
            [
                "id": .string(delivery.notice.id), "type": .string(delivery.notice.kind.rawValue),
                "about": .string(delivery.notice.about), "at": .string(delivery.notice.at.description),
                "channel": .string(delivery.channel), "recipient": .string(delivery.recipient),
                "state": .string(delivery.state.rawValue),
                "next": delivery.nextAttempt.map { .string($0.description) } ?? .null,
                "attempts": .integer(Int64(delivery.attempts)), "give_up_at": .string(delivery.giveUpAt.description),
                "problem": delivery.problem.map { .string($0) } ?? .null,
            ]
        }
    }
}
