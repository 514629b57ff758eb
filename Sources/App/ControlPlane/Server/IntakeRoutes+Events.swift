import AccessModel
import AuditTrail
import Definitions
import HTTPTypes
import Lifecycle
import Persistence
import StrictJSON
import WebServer

extension IntakeRoutes {
    /// One event that was sent, and what came of it.
    private struct Outcome: Sendable {
        enum Word: Sendable {
            case taken(PeopleDesk.EventReceipt)
            case refused(Problem)
        }

        let message: EventMessage
        let word: Word

        var receipt: PeopleDesk.EventReceipt? { if case .taken(let receipt) = word { receipt } else { nil } }

        var refusal: Problem? { if case .refused(let problem) = word { problem } else { nil } }

        var json: JSONValue {
            switch word {
            case .taken(let receipt): return receipt.json
            case .refused(let problem):
                return [
                    "outcome": "refused", "code": .string(problem.code), "detail": .string(problem.detail),
                    "errors": .array(problem.faults.map { ["at": .string($0.at), "message": .string($0.message)] }),
                ]
            }
        }
    }

    /// What the transaction came to.
    private enum Answer: Sendable {
        case repeated(JSONValue)
        case outcomes([Outcome])
    }

    func events(_ request: WebRequest) async throws -> WebResponse {
        let delivery = try authenticate(request)
        guard settings.takesBinary || request.mediaType != "application/json" else {
            throw Problem.unsupportedMediaType([EventMessage.structured, EventMessage.batch])
        }
        let messages = try EventMessage.read(request)
        let isBatch = request.mediaType == EventMessage.batch
        let desk = try await desk()
        // Read outside of the transaction, for which others wait.
        let read = messages.map { message in (message, Self.read(message, at: desk)) }
        let answer = try await database.transact { session, records in
            if let known = try Self.repeated(delivery, in: session) { return Answer.repeated(known) }
            let outcomes = try read.map { message, event in
                Outcome(message: message, word: try Self.accept(event, message, desk, session, &records))
            }
            // What was refused may be sent again, corrected or not.
            if outcomes.allSatisfy({ $0.refusal == nil }) {
                try remember(delivery, Self.json(outcomes, isBatch: isBatch), in: session)
            }
            return .outcomes(outcomes)
        }
        switch answer {
        case .repeated(let known): return .json(known)
        case .outcomes(let outcomes):
            for receipt in outcomes.compactMap(\.receipt) {
                taken(TakenEvent(request: request.correlation, webhook: delivery.id, receipt: receipt))
            }
            return try respond(outcomes, isBatch: isBatch)
        }
    }

    private func respond(_ outcomes: [Outcome], isBatch: Bool) throws(Problem) -> WebResponse {
        let people = outcomes.compactMap(\.receipt).filter { $0.outcome == .accepted }.map(\.event.person)
        if !people.isEmpty { heard(.people(Set(people))) }
        if isBatch, outcomes.contains(where: { $0.refusal != nil }) {
            let faults = outcomes.flatMap { outcome -> [Problem.Fault] in
                guard let refusal = outcome.refusal else { return [] }
                let place = "/\(outcome.message.index ?? 0)"
                return refusal.faults.isEmpty ? [Problem.Fault(at: place, refusal.detail)] : refusal.faults
            }
            let wrong = outcomes.count { $0.refusal != nil }
            throw Problem(
                .unprocessableContent, "events-refused",
                "\(wrong) of \(outcomes.count) events are refused; the others are taken in, and repeating them does no harm",
                faults: faults)
        }
        if let refusal = outcomes.first?.refusal { throw refusal }
        let isNew = outcomes.contains { $0.receipt?.outcome != .repeated }
        return .json(Self.json(outcomes, isBatch: isBatch), isNew ? .accepted : .ok)
    }

    private static func json(_ outcomes: [Outcome], isBatch: Bool) -> JSONValue {
        guard !isBatch, let only = outcomes.first else { return ["events": .array(outcomes.map(\.json))] }
        return only.json
    }

    // MARK: One event

    private static func read(_ message: EventMessage, at desk: PeopleDesk) -> Result<HREvent, HREventError> {
        do throws(HREventError) {
            return .success(try desk.read(message.bytes))
        } catch {
            return .failure(error)
        }
    }

    private static func accept(
        _ event: Result<HREvent, HREventError>, _ message: EventMessage, _ desk: PeopleDesk,
        _ session: any SQLSession, _ records: inout [Record]
    ) throws -> Outcome.Word {
        do {
            return .taken(try desk.accept(try event.get(), bytes: message.bytes, in: session, records: &records))
        } catch let error as HREventError {
            return .refused(problem(error, message))
        } catch let error as LifecycleError where error.code == .invalid {
            return .refused(Problem(.conflict, "event-id-reused", error.message))
        }
    }

    /// 400 for what is no JSON, 413 for what is too much of it, 422 for an event that is wrong.
    private static func problem(_ error: HREventError, _ message: EventMessage) -> Problem {
        let faults = error.problems.filter { $0.severity == .error }.map(message.fault)
        return switch error.code {
        case "invalid-json": Problem(.badRequest, error.code, "the event is no JSON", faults: faults)
        case "event-too-large":
            Problem(.contentTooLarge, error.code, error.problems.first?.message ?? "it is too large", faults: faults)
        default:
            Problem(
                .unprocessableContent, "event-refused",
                "the event is refused, and changes nothing: \(faults.count == 1 ? "one thing is" : "\(faults.count) things are") wrong in it",
                faults: faults)
        }
    }
}
