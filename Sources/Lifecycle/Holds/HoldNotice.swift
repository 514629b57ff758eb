import AccessModel
import Notices
import Persistence
import StrictJSON

/// Tells that something waits for a second person.
struct HoldNotice {
    let hold: String
    /// The hold's kind.
    let what: String
    let reason: String
    let people: Int
    /// Who is asked by name; empty where any second person decides.
    var asked: [PersonID] = []

    /// In the transaction that opens the hold.
    func add(_ context: LifecycleContext, _ session: any SQLSession) throws {
        let data: JSONValue = [
            "hold": .string(hold), "what": .string(what), "reason": .string(reason),
            "people": .integer(Int64(people)), "by": .string(context.actor),
        ]
        try NoticeOutbox(session).add(
            Notices.Notice(
                .holdOpened, about: hold, at: context.now, newID: context.newID(),
                recipients: asked.isEmpty ? [:] : [.approvers: asked.map { .person($0) }], data: data))
    }
}
