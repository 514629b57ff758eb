import Definitions
import HTTPTypes
import Lifecycle
import Persistence
import StrictJSON
import WebServer

extension IntakeRoutes {
    private enum Answer: Sendable {
        case repeated(JSONValue)
        case receipt(PeopleDesk.SnapshotReceipt)
    }

    /// A whole feed. 200 with the receipt where all of it was taken in, 202 where a guard holds a part, 422 where the feed
    /// is not provably whole: it is held, and removes nobody.
    func snapshot(_ request: WebRequest) async throws -> WebResponse {
        let delivery = try authenticate(request)
        let format: HRSnapshot.Format
        switch request.mediaType {
        case "text/csv"?: format = .csv
        case "application/json"?: format = .json
        default: throw Problem.unsupportedMediaType(["text/csv", "application/json"])
        }
        if let known = try await database.read({ try Self.repeated(delivery, in: $0) }) { return .json(known) }
        let desk = try await desk()
        let feed = desk.read(snapshot: request.body, format: format)
        let answer = try await database.transact { session, records in
            if let known = try Self.repeated(delivery, in: session) { return Answer.repeated(known) }
            let receipt = try desk.take(feed, in: session, records: &records)
            if feed.isWhole { try remember(delivery, Self.json(receipt), in: session) }
            return .receipt(receipt)
        }
        switch answer {
        case .repeated(let known): return .json(known)
        case .receipt(let receipt):
            guard feed.isWhole else { throw Self.problem(receipt) }
            heard(.everybody)
            return .json(Self.json(receipt), receipt.holds.isEmpty ? .ok : .accepted)
        }
    }

    /// Remarks are for reading, not for keeping: a hundred of them say enough.
    private static let maximumRemarks = 100

    private static func json(_ receipt: PeopleDesk.SnapshotReceipt) -> JSONValue {
        var object = receipt.json.object ?? JSONObject()
        if let remarks = object["problems"]?.array, remarks.count > maximumRemarks {
            object["problems"] = .array(Array(remarks.prefix(maximumRemarks)))
            object["further_problems"] = .integer(Int64(remarks.count - maximumRemarks))
        }
        return .object(object)
    }

    private static func problem(_ receipt: PeopleDesk.SnapshotReceipt) -> Problem {
        let hold = receipt.holds.first.map { " (it waits as `\($0)`)" } ?? ""
        return Problem(
            .unprocessableContent, "feed-not-whole", (receipt.advice ?? "the feed is held") + hold,
            faults: receipt.problems.prefix(maximumRemarks).map { problem in
                Problem.Fault(
                    at: problem.line > 0 ? "\(problem.line):\(problem.column)" : "feed",
                    problem.diagnostic(file: "feed").text)
            })
    }
}
