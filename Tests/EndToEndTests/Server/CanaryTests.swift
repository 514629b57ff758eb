import AccessModel
import Foundation
import StrictJSON
import TestSupport
import Testing

/// Secrets that are planted wherever a server has one, errors provoked with each of them, and then everything searched that
/// a server leaves behind: its log, its answers, the audit log, the database.
@Suite(.serialized) struct CanaryTests {
    /// What was said to a server, and what it said.
    private struct Exchange {
        let asked: String
        let answer: String
    }

    private struct World {
        var rehearsal: Rehearsal
        let issuer: TestIssuer
        let port: Int
        var canaries: [String: String] = [:]
        var exchanges: [Exchange] = []
        var said = ""

        /// Says one thing, and returns the whole answer.
        mutating func ask(_ head: String, _ headers: [String] = [], _ body: String = "") async throws -> String {
            let connection = try RawConnection(port: port)
            let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
            let lines = ["\(head) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"] + length + headers
            await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
            let answer = await connection.answers(1, quiet: .seconds(20)).first
            let text = (answer?.headers.map { "\($0.key): \($0.value)" } ?? []).joined(separator: "\n") + "\n"
            exchanges.append(Exchange(asked: head, answer: "\(answer?.status ?? 0)\n" + text + (answer?.body ?? "")))
            return exchanges.last?.answer ?? ""
        }

        /// The value of a cookie that an answer sets, or the place that it leads to.
        func value(_ name: String, in answer: String) -> String {
            answer.components(separatedBy: name).dropFirst().first.map { rest in
                String(rest.prefix { $0 != ";" && $0 != "\n" })
            } ?? ""
        }
    }

    private static let now: @Sendable () -> Instant = { Instant("2026-11-21T08:00:00Z") ?? Instant(milliseconds: 0) }

    private func canary(_ name: String) -> String {
        "canary-\(name)-" + UUID().uuidString.replacing("-", with: "").lowercased()
    }

    private func rehearsal(on server: PostgreSQLTestDatabase?) async throws -> Rehearsal {
        guard let server else { return try await Rehearsal.applied() }
        var rehearsal = try Rehearsal()
        rehearsal.environment = ["TENURE_STATE": server.address, "TENURE_KEYS": rehearsal.path("state")]
        try await rehearsal.expect(0, "people", "import", "mountainlab/hr/people.csv")
        try await rehearsal.expect(0, "apply", "mountainlab", "--yes")
        return rehearsal
    }

    private func world(on server: PostgreSQLTestDatabase?) async throws -> World {
        var user = JSONObject()
        user["sub"] = "e-0001"
        let issuer = try TestIssuer(user: user, now: Self.now)
        var world = World(
            rehearsal: try await rehearsal(on: server), issuer: issuer, port: Int(try LoopbackSocket.freePort()))
        let hook = Data(canary("hook").prefix(32).utf8).base64EncodedString()
        world.canaries = ["client": canary("client"), "hook": hook, "target": canary("target")]
        world.rehearsal.environment["CLIENT_SECRET"] = world.canaries["client"]
        world.rehearsal.environment["HR_SECRET"] = "whsec_" + hook
        world.rehearsal.environment["APP_TOKEN"] = world.canaries["target"]
        // A target that is not there, so that whoever comes to it has something to complain of.
        try world.rehearsal.edit("mountainlab/targets.yaml") { text in
            text + """
                  - name: app
                    connector: scim
                    covers: {sector: analytics}
                    settings: {url: "http://127.0.0.1:1/v2"}
                    credential: env:APP_TOKEN

                """
        }
        world.said += try await world.rehearsal.run(["apply", "mountainlab", "--yes"]).everything
        let added = try await world.rehearsal.expect(0, "scim", "client", "add", "okta", "-o", "json")
        world.canaries["scim"] = try JSONParser.parse(added.output)["token"]?.string
        let key = try world.rehearsal.read("state/tenure.key")
        // What stands behind the fourth `+`, and may hold more of them.
        world.canaries["key"] = key.split(separator: "+", maxSplits: 4).last.map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        if let server { world.canaries["database"] = server.server.tenurePassword }
        // From here on under a data key, which the key that signs is sealed with.
        let sealing = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        world.canaries["data-key"] = Data(sealing).base64EncodedString()
        world.rehearsal.environment["DATA_KEY"] = world.canaries["data-key"]
        world.rehearsal.environment["TENURE_DATA_KEY_CURRENT"] = "env:DATA_KEY"
        return world
    }

    private func start(_ world: World) async throws -> TenureRun {
        let settings = [
            "listen.port=\(world.port)", "scim.enabled=true", "oidc.issuer=\(world.issuer.url)",
            "oidc.client_id=tenure",
            "oidc.client_secret=env:CLIENT_SECRET", "hr.secrets=env:HR_SECRET", "log.level=trace",
            "reconcile_interval=10s", "definitions.source=\(world.rehearsal.path("mountainlab"))",
        ]
        let run = try world.rehearsal.start(
            ["serve", "--admin", "marta@mountainlab.io"] + settings.flatMap { ["--set", $0] })
        let end = ContinuousClock.now + .seconds(60)
        while try !run.errors().contains("/bootstrap?secret=") {
            guard run.isRunning, ContinuousClock.now < end else {
                Issue.record("it does not serve: \(try run.errors())")
                break
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return run
    }

    // MARK: What is provoked

    private func signIn(_ world: inout World, _ run: TenureRun) async throws {
        let away = try await world.ask("GET /login?to=/people")
        let attempt = world.value("tenure-sign-in=", in: away)
        world.canaries["attempt"] = attempt
        let back = world.issuer.agree(to: world.value("location: ", in: away)) ?? ""
        let query = back.split(separator: "?", maxSplits: 1).last.map(String.init) ?? ""
        world.canaries["code"] = canary("code")
        let wrong = query.replacing(#/code=[^&]*/#, with: "code=\(world.canaries["code"] ?? "")")
        let cookie = "Cookie: tenure-sign-in=\(attempt)"
        let refused = try await world.ask("GET /login/callback?\(wrong)", [cookie])
        #expect(refused.hasPrefix("403"), "\(refused)")
        let form = world.issuer.requests.last { $0.path == "/token" }?.body ?? ""
        world.canaries["verifier"] = form.split(separator: "&").first { $0.hasPrefix("code_verifier=") }
            .map { String($0.dropFirst("code_verifier=".count)) }
        let bare = try await world.ask("GET /login/callback?\(query)&x=y")
        #expect(bare.hasPrefix("403"), "\(bare)")
        let home = try await world.ask("GET /login/callback?\(query)", [cookie])
        #expect(home.hasPrefix("303"), "\(home)")
        world.canaries["session"] = world.value("tenure-session=", in: home)
        let link = try #require(
            try run.errors().split(whereSeparator: \.isWhitespace).first { $0.contains("/bootstrap?secret=") })
        world.canaries["bootstrap"] = link.components(separatedBy: "secret=").last
        _ = try await world.ask("GET /bootstrap?secret=\(canary("wrong-link"))")
        let first = try await world.ask("GET /bootstrap?secret=\(world.canaries["bootstrap"] ?? "")")
        #expect(first.hasPrefix("303"), "\(first)")
        world.canaries["first-session"] = world.value("tenure-session=", in: first)
        world.canaries["access"] = "canary-access-token-5f0c"
        world.canaries["refresh"] = "canary-refresh-token-91aa"
    }

    private func provoke(_ world: inout World) async throws {
        let token = try world.issuer.token(aud: "tenure", sub: "e-0001")
        let parts = token.split(separator: ".").map(String.init)
        world.canaries["bearer"] = parts[2]
        let (bearer, json) = ("Authorization: Bearer \(token)", "Content-Type: application/json")
        let me = try await world.ask("GET /api/v1/me", [bearer])
        #expect(me.hasPrefix("200"), "\(me)")
        let other = try world.issuer.token(aud: "another", sub: "e-0001")
        world.canaries["other-bearer"] = other.split(separator: ".").last.map(String.init)
        for wrong in [other, parts[0] + "." + parts[1] + "." + parts[0], "Basic \(token)", token + "x", "x \(token)"] {
            _ = try await world.ask("GET /api/v1/me", ["Authorization: Bearer \(wrong)"])
        }
        for path in [
            "/api/v1/people/\(token)", "/api/v1/people?access_token=\(token)", "/\(token)", "/login?to=\(token)",
        ] {
            _ = try await world.ask("GET \(path)", [bearer])
        }
        let session = "Cookie: tenure-session=\(world.canaries["session"] ?? "")"
        _ = try await world.ask("POST /api/v1/reconcile", [session, json, "X-Tenure-Form: \(canary("form"))"], "{}")
        _ = try await world.ask("POST /logout", [session, session])
        for (path, body) in [
            ("/api/v1/targets/check", ""), ("/api/v1/reconcile", #"{"wait":"0s"}"#), ("/api/v1/requests", "{"),
        ] {
            _ = try await world.ask("POST \(path)", [bearer, json], body)
        }
        _ = try await world.ask("GET /api/v1/audit/records?limit=1000", [bearer])
        let scim = "Authorization: Bearer \(world.canaries["scim"] ?? "")"
        for line in [scim, scim + "x"] {
            _ = try await world.ask(
                "POST /scim/v2/Users", [line, "Content-Type: application/scim+json"], #"{"userName":1}"#)
        }
        let form = "Content-Type: application/x-www-form-urlencoded"
        for subject in [token, canary("subject"), world.canaries["scim"] ?? ""] {
            _ = try await world.ask(
                "POST /oauth/token", [form],
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=\(subject)"
                    + "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt&client_secret="
                    + (world.canaries["client"] ?? ""))
        }
        _ = try await world.ask(
            "POST /hooks/hr",
            [
                "Content-Type: application/cloudevents+json", "webhook-id: 1", "webhook-timestamp: 1",
                "webhook-signature: v1,AAAA",
            ],
            "{}")
    }

    // MARK: What is searched

    @Test func nothingSecretIsLeftBehindOnSQLite() async throws { try await search(on: nil) }

    @Test func nothingSecretIsLeftBehindOnPostgreSQL() async throws {
        guard let server = try PostgreSQLServer.shared() else { return }
        try await search(on: try PostgreSQLTestDatabase(on: server))
    }

    private func search(on server: PostgreSQLTestDatabase?) async throws {
        var world = try await world(on: server)
        let run = try await start(world)
        try await signIn(&world, run)
        try await provoke(&world)
        var places = ["database of a server that runs": try await dump(world, server)]
        run.terminate()
        let ended = try await run.end(within: .seconds(60))
        #expect(ended.status == 0, "\(ended.errors)")
        // The link is told once to whoever starts the server, on a line of its own.
        let log = ended.everything.split(separator: "\n").filter {
            !$0.contains("within 15 minutes, from this machine")
        }
        #expect(log.count > 30)
        places["log"] = Data(log.joined(separator: "\n").utf8)
        places["command"] = Data(world.said.utf8)
        places["audit"] = Data(try await world.rehearsal.expect(0, "audit", "log", "-o", "json").output.utf8)
        places["report"] = Data(try await world.rehearsal.run(["config", "check"]).everything.utf8)
        places["database"] = try await dump(world, server)
        places["backup"] = try await backup(world, server)
        // What nobody would have to look for shows that it is looked in the right place.
        for place in ["database", "database of a server that runs", "backup"] {
            let name = Data("marta@mountainlab.io".utf8)
            #expect(places[place]?.range(of: name) != nil, "the \(place) is not what it should be")
        }
        #expect(
            world.canaries.count >= 15 && world.canaries.values.allSatisfy { $0.utf8.count >= 12 }, "\(world.canaries)")
        for (name, secret) in world.canaries {
            let forms = SecretForms(secret)
            for (place, bytes) in places {
                #expect(forms.found(in: bytes) == [], "\(name) is in the \(place)")
            }
            for exchange in world.exchanges where !exchange.asked.contains(secret) {
                // Who signs in is handed what is theirs.
                let isHanded = exchange.answer.contains("set-cookie: ") && exchange.answer.hasPrefix("303")
                #expect(isHanded || !exchange.answer.contains(secret), "\(name): \(exchange.asked): \(exchange.answer)")
            }
        }
    }

    /// Everything that the database holds, as somebody has it who took the disk, or made a dump.
    private func dump(_ world: World, _ server: PostgreSQLTestDatabase?) async throws -> Data {
        if let server { return Data(try server.dump().utf8) }
        let names = try FileManager.default.contentsOfDirectory(atPath: world.rehearsal.path("state"))
        #expect(names.contains("tenure.db"))
        return names.filter { !$0.hasSuffix(".key") }.reduce(into: Data()) { all, name in
            all += FileManager.default.contents(atPath: world.rehearsal.path("state/" + name)) ?? Data()
        }
    }

    /// What `tenure backup` writes; of a server it is a dump that is packed.
    private func backup(_ world: World, _ server: PostgreSQLTestDatabase?) async throws -> Data {
        try await world.rehearsal.expect(0, "backup", "copy")
        let files = ["copy", "copy.manifest"].compactMap {
            FileManager.default.contents(atPath: world.rehearsal.path($0))
        }
        #expect(files.count == 2)
        let bytes = files.reduce(into: Data()) { $0 += $1 }
        guard server != nil else { return bytes }
        let program = try #require(TestSystems.find("pg_restore"))
        let unpacked = try await ProgramRun.run(program, ["--file=-", world.rehearsal.path("copy")])
        #expect(unpacked.status == 0, "\(unpacked.output.suffix(500))")
        return bytes + Data(unpacked.output.utf8)
    }

    @Test func aSecretIsFoundInEachOfItsForms() {
        let secret = "canary-Öl/+ 4711 and some more of it"
        let forms = SecretForms(secret)
        #expect(forms.found(in: Data("nothing, canary-".utf8)) == [])
        for before in ["", "a", "ab", "abc", "abcd"] {
            let text = Data((before + secret + "xyz").utf8)
            #expect(forms.found(in: text) == ["raw"])
            #expect(forms.found(in: Data(text.base64EncodedString().utf8)).contains { $0.hasPrefix("base64 behind") })
            #expect(forms.found(in: Data(text.map { String(format: "%02x", $0) }.joined().utf8)) == ["hex"])
        }
        let escaped = "https://x/?a=canary-%C3%96l%2F%2B%204711%20and%20some%20more%20of%20it"
        #expect(forms.found(in: Data(escaped.utf8)) == ["in a form"])
        let key = Data((0..<32).map { UInt8($0 * 7) })
        #expect(SecretForms(key.base64EncodedString()).found(in: Data("x".utf8) + key) == ["decoded"])
    }
}
