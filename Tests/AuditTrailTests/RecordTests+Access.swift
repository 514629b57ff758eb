import AccessModel
import Testing

@testable import AuditTrail

extension RecordTests {
    static func accessSamples() throws -> [(record: Record, type: RecordType, body: String)] {
        let person = try #require(PersonID("e-0042"))
        let group = Group(
            tenant: try #require(Slug("payments")), tier: try #require(Slug("live")), role: .contributor)
        let asked = RequestMention(id: "req-1", hash: "aa", person: person, group: group)
        let window = WindowMention(
            id: "win-1", request: "req-1", person: person, group: group, from: at, until: at, isEmergency: false)
        let glass = WindowMention(
            id: "bg-1", request: nil, person: person, group: group, from: at, until: at, isEmergency: true)
        let who = #""group":"payments/live/contributor""#
        let ask = #""hash":"aa","person":"e-0042","request":"req-1""#
        let span = #""from":\#(time)"#
        let open = #""request":"req-1""#
        let end = #""until":\#(time)"#
        func refusal(_ type: RecordType) -> (record: Record, type: RecordType, body: String) {
            (
                .accessRefused(type, context, asked, reason: "no"), type,
                #"{\#(who),"hash":"aa","person":"e-0042","reason":"no","request":"req-1"}"#
            )
        }
        func progress(_ type: RecordType) -> (record: Record, type: RecordType, body: String) {
            (
                .accessWindow(type, context, window, targets: ["corp"]), type,
                #"{\#(span),\#(who),"person":"e-0042",\#(open),"targets":["corp"],\#(end),"window":"win-1"}"#
            )
        }
        return [
            (
                .accessRequested(context, asked, ask: [:], isAsserted: true, expires: at), .accessRequested,
                #"{"ask":{},"asserted":true,"expires":\#(time),\#(who),\#(ask)}"#
            ),
            (
                .accessEdited(context, asked, ask: [:], oldHash: "bb", expires: at), .accessEdited,
                #"{"ask":{},"expires":\#(time),\#(who),"hash":"aa","old_hash":"bb","person":"e-0042","request":"req-1"}"#
            ),
            (
                .accessApproved(context, asked, isAsserted: false, missing: 1), .accessApproved,
                #"{"asserted":false,\#(who),"hash":"aa","missing":1,"person":"e-0042","request":"req-1"}"#
            ),
            refusal(.accessDenied), refusal(.accessWithdrawn), refusal(.accessExpired),
            (
                .accessGranted(context, window, approvedBy: [person], reason: "why"), .accessGranted,
                #"{"approved_by":["e-0042"],\#(span),\#(who),"person":"e-0042","reason":"why",\#(open),\#(end),"window":"win-1"}"#
            ),
            (
                .accessExtended(context, window, extends: "win-0", approvedBy: [], reason: "why"), .accessExtended,
                #"{"approved_by":[],"extends":"win-0",\#(span),\#(who),"person":"e-0042","reason":"why",\#(open),\#(end),"window":"win-1"}"#
            ),
            progress(.accessOpened), progress(.accessReleased), progress(.accessLost), progress(.accessClosed),
            (
                .glassBroken(context, glass, reason: "why", isAsserted: true, reviewBy: at), .glassBroken,
                #"{"activation":"bg-1","asserted":true,\#(span),\#(who),"person":"e-0042","reason":"why","review_by":\#(time),\#(end),"window":"bg-1"}"#
            ),
            (
                .glassInformed(context, glass, informed: [person]), .glassInformed,
                #"{"activation":"bg-1",\#(span),\#(who),"informed":["e-0042"],"person":"e-0042",\#(end),"window":"bg-1"}"#
            ),
            (
                .glassReviewed(
                    context, activation: "bg-1", person: person, group: group, outcome: "justified", note: "so",
                    isAsserted: true), .glassReviewed,
                #"{"activation":"bg-1","asserted":true,\#(who),"note":"so","outcome":"justified","person":"e-0042"}"#
            ),
            (
                .policyDecided(context, question: "request", verdict: "denied", reasons: ["no"], detail: [:]),
                .policyDecided, #"{"detail":{},"question":"request","reasons":["no"],"verdict":"denied"}"#
            ),
        ]
    }
}
