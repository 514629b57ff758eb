import ControlPlane
import StrictJSON
import WebServer

extension TenureAPI {
    static func systemOperations(_ version: String) -> [Operation] {
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
                id: "me", method: .get, pattern: "/api/v1/me", tag: "system", summary: "Who you are here.",
                access: .signedIn, answers: [.ok(.named("Me"), "the caller")]
            ) { call in .json(call.authority.json) },
            Operation(
                id: "showClock", method: .get, pattern: "/api/v1/clock", tag: "system",
                summary: "What time access begins and ends by.", access: .signedIn,
                answers: [.ok(.named("Anything"), "the clock")]
            ) { call in
                let reading = call.installation.clockReading
                return .json([
                    "clock": .string(reading.clock.description), "now": .string(reading.now.description),
                    "vouched": .string(reading.vouched.description),
                    "lead": reading.lead.map { .string($0.description) } ?? .null,
                ])
            },
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
