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

extension Printout {
    /// What a round of telling came to; a failure where something could not be told.
    public static func told(_ summary: NoticeDelivery.Summary) -> Printout {
        Printout(
            status: summary.failed + summary.givenUp > 0 ? .failed : .done,
            text: { _ in
                "\(summary.delivered) told, \(summary.failed) to be tried again, \(summary.givenUp) given up"
            }, json: { summary.json }, remarks: { _ in summary.complaints.map { .complaint($0) } })
    }

    /// What became of a test; a failure where no route takes it, too.
    public static func tested(_ summary: NoticeDelivery.Summary) -> Printout {
        guard summary.delivered + summary.failed + summary.givenUp == 0 else { return told(summary) }
        return Printout(
            status: .failed, text: { _ in nil }, json: { summary.json },
            remarks: { _ in
                [.complaint("error: no route takes it; notices.yaml needs one that is `on: notice.test`, applied")]
            })
    }
}

extension NoticeDelivery.Summary {
    fileprivate var json: JSONValue {
        let problems = problems.sorted { $0.key < $1.key }
        return [
            "delivered": .integer(Int64(delivered)), "failed": .integer(Int64(failed)),
            "given_up": .integer(Int64(givenUp)),
            "problems": .object(
                JSONObject(problems.map { JSONObject.Member(name: $0.key, value: .string($0.value)) })),
        ]
    }

    /// What did not go out, a line each.
    public var complaints: [String] {
        let channels = problems.sorted { $0.key < $1.key }.map { channel, problem in
            "warning: notices by \(channel): \(TextTable.visible(problem))"
        }
        let lost = givenUp > 0 ? ["warning: \(givenUp) notices were given up; see `tenure notice list --all`"] : []
        return channels + lost
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
