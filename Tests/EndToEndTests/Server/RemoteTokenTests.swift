import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

/// Whom a token is shown, and what is said where nobody answers.
@Suite(.serialized) struct RemoteTokenTests {
    private static let canary = "canary-token-7c41f0"

    private func ask(_ address: String, _ arguments: String..., token: String? = canary) async throws
        -> TenureCommand.Outcome
    {
        let rehearsal = try Rehearsal()
        return try await rehearsal.run(
            arguments + ["--server", address], environment: token.map { ["TENURE_TOKEN": $0] } ?? [:])
    }

    @Test func aTokenDoesNotFollowARedirect() async throws {
        let other = try HTTPDouble { _ in HTTPDouble.Response(200, body: "{}") }
        for status in [301, 302, 303, 307, 308] {
            let place = other.url
            let server = try HTTPDouble { request in
                HTTPDouble.Response(status, headers: ["Location": place + request.target])
            }
            let outcome = try await ask(server.url, "who", "payments/live/reader")
            #expect(outcome.status == 1 && outcome.errors.contains("redirect"), "\(outcome.everything)")
            #expect(!outcome.everything.contains(Self.canary))
            #expect(server.requests.first?.headers["authorization"] == "Bearer \(Self.canary)")
        }
        #expect(other.requests.isEmpty)
    }

    @Test func whatIsNotEncryptedIsNotAsked() async throws {
        for address in ["http://tenure.example.com", "http://10.0.0.1:7443", "ftp://tenure.example.com", "tenure"] {
            let outcome = try await ask(address, "people", "show")
            #expect(outcome.status == 1 && outcome.errors.contains("https"), "\(outcome.everything)")
            #expect(!outcome.everything.contains(Self.canary))
        }
    }

    @Test func nobodyThereAndNobodySignedIn() async throws {
        let silent = try await ask("http://127.0.0.1:\(try LoopbackSocket.freePort())", "people", "show")
        #expect(silent.status == 1 && silent.errors.contains("cannot be reached"), "\(silent.everything)")
        let server = try await SignedInServer(try await Rehearsal.applied())
        let unknown = try await ask(server.address, "people", "show", token: nil)
        #expect(unknown.status == 1 && unknown.errors.contains("`tenure login --server \(server.address)`"))
        let wrong = try await ask(server.address, "people", "show")
        #expect(wrong.status == 1 && wrong.errors.contains("Sign in again"), "\(wrong.everything)")
        #expect(!wrong.everything.contains(Self.canary))
        try await server.stop()
        // What stands there is no Tenure.
        let stranger = try HTTPDouble { _ in HTTPDouble.Response(200, body: "<html>\u{1B}[2J</html>") }
        let odd = try await ask(stranger.url, "case", "list", "-o", "json")
        #expect(odd.status == 1 && odd.errors.contains("does not answer as Tenure does"), "\(odd.everything)")
        let text = try await ask(stranger.url, "case", "list")
        #expect(!text.output.contains("\u{1B}"))
    }

    @Test func aLostAnswerIsAskedForAgainWhereThatIsSafe() async throws {
        let count = Mutex(0)
        let keys = Mutex<Set<String>>([])
        let server = try HTTPDouble { request in
            if let key = request.headers["idempotency-key"] { keys.withLock { _ = $0.insert(key) } }
            let number = count.withLock { count in
                count += 1
                return count
            }
            return number < 3
                ? .hangUp : HTTPDouble.Response(200, headers: ["Content-Type": "text/plain"], body: "done")
        }
        #expect(try await ask(server.url, "case", "list").output == "done\n")
        // The server may be named before the command.
        for named in [["--server", server.url], ["--server=\(server.url)"]] {
            #expect(try await Rehearsal().run(named + ["case", "list"]).output == "done\n")
        }
        count.withLock { $0 = 0 }
        #expect(try await ask(server.url, "reconcile").output == "done\n")
        #expect(keys.withLock { $0.count } == 1)
        // What has no key is sent once.
        count.withLock { $0 = 0 }
        #expect(try await ask(server.url, "hold", "approve", "h-1").status == 1)
        #expect(count.withLock { $0 } == 1)
    }

    @Test func whoActsIsWhoSignedIn() async throws {
        let server = try HTTPDouble { _ in HTTPDouble.Response(200, body: "[]") }
        let named = try await ask(server.url, "access", "list", "--as", "e-0001")
        #expect(named.status == 1 && named.errors.contains("who acts is who signed in"), "\(named.everything)")
        let rehearsal = try Rehearsal()
        let byEnvironment = try await rehearsal.run(
            ["access", "list", "--as", "e-0001"], environment: ["TENURE_SERVER": server.url])
        #expect(byEnvironment.status == 1 && byEnvironment.errors.contains("who acts is who signed in"))
        let both = try await ask(server.url, "access", "list", "--state", "x.db")
        #expect(both.status == 1)
        #expect(server.requests.isEmpty)
        // What works on files does, whatever the environment names, unless a server is named on its own line.
        try await rehearsal.expect(0, "target", "list", "mountainlab", environment: ["TENURE_SERVER": server.url])
        let refused = try await ask(server.url, "target", "list", "mountainlab")
        #expect(refused.status == 1 && refused.errors.contains("not asked of a server"))
        let kept = try await rehearsal.run(["backup", "b.db"], environment: ["TENURE_SERVER": server.url])
        #expect(kept.status == 1 && kept.errors.contains("run it where the state is"))
    }

    /// The provider is the one that the server names; what it gives goes to that server and to no other.
    @Test func signingInForAServer() async throws {
        let server = try await SignedInServer(try await Rehearsal.applied())
        var rehearsal = server.rehearsal
        rehearsal.environment["XDG_CONFIG_HOME"] = rehearsal.path("config")
        let run = try rehearsal.start("login", "--server", server.address)
        let end = ContinuousClock.now + .seconds(60)
        while try !run.errors().contains("open http"), ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
        }
        let address = try #require(try run.errors().firstMatch(of: /open (http\S+)/)?.1)
        let back = try #require(server.issuer.agree(to: String(address)))
        let curl = try #require(TestSystems.find("curl"))
        _ = try await ProgramRun.run(curl, ["-s", back], limit: .seconds(30))
        let outcome = try await run.end(within: .seconds(60))
        #expect(outcome.status == 0, "\(outcome.everything)")
        let kept = try JSONParser.parse(try rehearsal.read("config/tenure/credentials.json"))
        let token = try #require(kept["servers"]?[server.address]?["access_token"]?.string)
        let other = try HTTPDouble { _ in HTTPDouble.Response(200, headers: [:], body: "x") }
        try await rehearsal.expect(0, "case", "list", "--server", other.url)
        #expect(other.requests.first?.headers["authorization"] == nil)
        // The double's token is none that the server knows, but it was shown it.
        let asked = try await rehearsal.expect(1, "case", "list", "--server", server.address)
        #expect(asked.errors.contains("Sign in again") && !asked.everything.contains(token))
        try await rehearsal.expect(0, "logout", "--server", server.address)
        #expect(!FileManager.default.fileExists(atPath: rehearsal.path("config/tenure/credentials.json")))
        try await server.stop()
    }
}
