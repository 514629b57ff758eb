import Crypto
import Foundation
import TestSupport
import Testing

/// Mountainlab's files in a repository at a forge, and a server that follows them: a real git, and doubles of the forges.
struct ForgeOffice {
    var rehearsal: Rehearsal
    let forge: ForgeDouble
    let port: UInt16

    private static let secret = "hook-secret-0123456789"

    /// - Parameter prepare: Changes the files, or what is known, before they are at the forge.
    init(_ kind: ForgeDouble.Kind, prepare: (Rehearsal) async throws -> Void = { _ in }) async throws {
        rehearsal = try await Rehearsal.applied()
        try await prepare(rehearsal)
        forge = try ForgeDouble(kind)
        port = try LoopbackSocket.freePort()
        let source = rehearsal.path("mountainlab")
        try forge.repository.push(to: "main", as: "Ada <ada@example.com>") { work in
            for name in try FileManager.default.contentsOfDirectory(atPath: source) {
                if FileManager.default.fileExists(atPath: work + "/" + name) {
                    try FileManager.default.removeItem(atPath: work + "/" + name)
                }
                try FileManager.default.copyItem(atPath: source + "/" + name, toPath: work + "/" + name)
            }
        }
    }

    func serve(poll: String = "24h") throws -> TenureRun {
        var rehearsal = rehearsal
        rehearsal.environment["FORGE_TOKEN"] = ForgeDouble.token
        rehearsal.environment["HOOK_SECRET"] = Self.secret
        let settings = [
            "listen.port=\(port)", "definitions.source=\(forge.repository.url)",
            "definitions.poll_interval=\(poll)", "definitions.forge=\(forge.kind == .github ? "github" : "gitlab")",
            "definitions.forge_url=\(forge.url)", "definitions.forge_project=mountainlab/clusters",
            "definitions.forge_token=env:FORGE_TOKEN", "definitions.hook_secret=env:HOOK_SECRET",
        ]
        return try rehearsal.start(["serve"] + settings.flatMap { ["--set", $0] })
    }

    func stop(_ run: TenureRun) async throws {
        run.terminate()
        _ = try await run.end(within: .seconds(60))
    }

    /// A hook as the forge sends it.
    func push(signedWith secret: String = ForgeOffice.secret) async throws -> Int {
        let body = #"{"ref":"refs/heads/main"}"#
        var request = ["-X", "POST", "-H", "Content-Type: application/json", "--data-binary", body]
        if forge.kind == .github {
            let code = HMAC<SHA256>.authenticationCode(
                for: Data(body.utf8), using: SymmetricKey(data: Data(secret.utf8)))
            let hex = code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            request += ["-H", "X-GitHub-Event: push", "-H", "X-Hub-Signature-256: sha256=\(hex)"]
        } else {
            request += ["-H", "X-Gitlab-Event: Push Hook", "-H", "X-Gitlab-Token: \(secret)"]
        }
        let curl = try #require(TestSystems.find("curl"))
        let run = try await ProgramRun.run(
            curl,
            ["-s", "-o", "/dev/null", "-w", "%{http_code}"] + request + ["http://127.0.0.1:\(port)/hooks/git"])
        return Int(run.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    func edit(_ branch: String, in path: String = "tenants/payments.yaml", _ change: (String) -> String) throws {
        try forge.repository.push(to: branch) { work in
            let old = try String(contentsOfFile: work + "/" + path, encoding: .utf8)
            try Data(change(old).utf8).write(to: URL(filePath: work + "/" + path))
        }
    }

    /// How often it asked what is open.
    var looks: Int {
        forge.calls.count { $0.hasPrefix("GET") && ($0.hasSuffix("/pulls") || $0.hasSuffix("/merge_requests")) }
    }

    /// A branch from main.
    func branch(_ name: String) throws {
        try forge.repository.push(to: name, from: "main") { _ in }
    }

    /// Until it holds, or a minute has passed.
    func wait(_ what: String, _ run: TenureRun, _ holds: () throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try !holds() {
            guard run.isRunning, ContinuousClock.now < end else {
                Issue.record("\(what): \(try run.errors())")
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Until everything was looked at once more.
    func waitForALook(_ run: TenureRun) async throws {
        // The departures of a look come after its requests: they are done when the next one begins.
        let before = looks
        try await wait("it looks", run) { looks > before + 1 }
    }
}
