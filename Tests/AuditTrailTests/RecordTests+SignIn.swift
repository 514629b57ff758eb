import AccessModel
import StrictJSON
import TestSupport

@testable import AuditTrail

extension RecordTests {
    static func signInSamples() throws -> [(record: Record, type: RecordType, body: String)] {
        let origin = RequestOrigin(peer: "192.0.2.7", correlation: "req-1")
        let grant = TokenGrant(
            id: "tok-1", group: Sample.group("payments/live/operator"), issuer: "https://i", subject: "s",
            audience: "a",
            expires: at)
        let tail = #""peer":"192.0.2.7""#
        return [
            (
                .tokenExchanged(context, grant, from: origin), .tokenExchanged,
                #"{"audience":"a","expires":\#(time),"group":"payments/live/operator","issuer":"https://i",\#(tail),"request":"req-1","subject":"s","token":"tok-1"}"#
            ),
            (
                .tokenRefused(context, code: "invalid_request", message: "no", claims: [], from: origin), .tokenRefused,
                #"{"claims":[],"code":"invalid_request","message":"no",\#(tail),"request":"req-1"}"#
            ),
            (
                .signInRefused(context, reason: "no", claims: nil, from: origin), .signInRefused,
                #"{\#(tail),"reason":"no","request":"req-1"}"#
            ),
            (
                .sessionBegan(
                    context, session: "00ff", proof: "session", issuer: "https://i", subject: nil, expires: at,
                    from: origin), .sessionBegan,
                #"{"expires":\#(time),"issuer":"https://i",\#(tail),"proof":"session","request":"req-1","session":"00ff"}"#
            ),
            (
                .sessionsEnded(context, sessions: ["00ff"], reason: "left"), .sessionEnded,
                #"{"reason":"left","sessions":["00ff"]}"#
            ),
            (
                .bootstrapCreated(context, person: Sample.id("e-0001"), expires: at), .bootstrapCreated,
                #"{"expires":\#(time),"person":"e-0001"}"#
            ),
        ]
    }
}
