import AccessModel
import ArgumentParser
import ControlPlane
import Notices
import StrictJSON

struct NoticeListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what waits to be told, the oldest first.")

    @Flag(help: "Also what was told or given up, as far as it is kept beside the log.")
    var all = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let console = options.console
        let (deliveries, planned) = try await options.withInstallation(telling: false) { installation in
            (try await installation.notices(all: all), try await installation.plannedNotices())
        }
        if console.format == .json {
            console.print(JSONValue.array(planned.map(Self.json) + deliveries.map(Self.json)).prettyText)
            return
        }
        var table = TextTable("ID", "TYPE", "ABOUT", "CHANNEL", "TO", "STATE", "NEXT", "TRIED", "PROBLEM")
        for notice in planned {
            table.add(
                notice.id, notice.kind.rawValue, notice.about, "", "", "planned", notice.due.description, "0", "")
        }
        for delivery in deliveries {
            table.add(
                delivery.notice.id, delivery.notice.kind.rawValue, delivery.notice.about, delivery.channel,
                delivery.recipient, delivery.state.rawValue, delivery.nextAttempt?.description ?? "",
                String(delivery.attempts), delivery.problem ?? "")
        }
        console.print(table.text(console))
    }

    private static func json(_ notice: Notice) -> JSONValue {
        [
            "id": .string(notice.id), "type": .string(notice.kind.rawValue), "about": .string(notice.about),
            "at": .string(notice.at.description), "state": "planned", "next": .string(notice.due.description),
            "attempts": 0,
        ]
    }

    private static func json(_ delivery: NoticeOnItsWay) -> JSONValue {
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
