import AuditTrail
import StrictJSON

/// The request that a task answers, by its id: every record that it leaves through ``Database/transact(_:)`` names it, so that
/// an answer, the lines of the log and the records are found by one another.
public enum CausingRequest {
    /// Nil outside of a request.
    @TaskLocal public static var current: String?
}

extension Record {
    func caused(by request: String) -> Record {
        guard var members = body.object, members["web_request"].map({ _ in false }) ?? true else { return self }
        members["web_request"] = .string(request)
        return Record(
            at: at, type: type, actor: actor, subject: subject, caseID: caseID, body: .object(members))
    }
}
