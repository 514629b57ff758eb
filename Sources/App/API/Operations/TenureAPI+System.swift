import Answers
import ControlPlane
import StrictJSON
import WebServer

extension TenureAPI {
    static func systemOperations(_ version: String, _ provider: Provider? = nil) -> [Operation] {
        [
            Operation(
                id: "health", method: .get, pattern: "/healthz", tag: "system", summary: "Whether the process lives.",
                access: .everyone, answers: [.ok(.named("Health"), "it does")]
            ) { _ in .json(["status": "ok"]) },
            Operation(
                id: "readiness", method: .get, pattern: "/readyz", tag: "system",
                summary: "Whether requests can be answered: the database is there.", access: .everyone,
                answers: [.ok(.named("Health"), "they can")]
            ) { call in
                do {
                    _ = try await call.installation.isReady()
                } catch {
                    throw Problem(.serviceUnavailable, "not-ready", "the database does not answer")
                }
                return .json(["status": "ok"])
            },
            Operation(
                id: "version", method: .get, pattern: "/version", tag: "system", summary: "Which release answers.",
                access: .everyone, answers: [.ok(.named("Version"), "the release")]
            ) { _ in .json(["name": "tenure", "version": .string(version)]) },
            Operation(
                id: "showSignIn", method: .get, pattern: "/api/v1/sign-in", tag: "system",
                summary: "The provider that a command line signs in with; null for both where there is none.",
                access: .everyone, answers: [.ok(.named("Provider"), "the provider")]
            ) { _ in
                .json([
                    "issuer": provider.map { .string($0.issuer) } ?? .null,
                    "client_id": provider.map { .string($0.clientID) } ?? .null,
                ])
            },
            Operation(
                id: "me", method: .get, pattern: "/api/v1/me", tag: "system", summary: "Who you are here.",
                access: .signedIn, answers: [.ok(.named("Me"), "the caller")]
            ) { call in .json(call.authority.json) },
            Operation(
                id: "showClock", method: .get, pattern: "/api/v1/clock", tag: "system",
                summary: "What time access begins and ends by.", access: .signedIn,
                answers: [.printed(.named("Anything"), "the clock")]
            ) { call in call.answer(.clock(call.installation.clockReading)) },
        ]
    }
}

extension Authority {
    var json: JSONValue {
        [
            "actor": .string(caller.actor), "person": person.map { .string($0.text) } ?? .null,
            "platform_admin": .bool(isPlatformAdmin), "platform_member": .bool(isPlatformMember),
            "administers": .array(administered.map { .string($0.text) }),
            "tenants": .array(tenants.map { .string($0.text) }),
        ]
    }
}
