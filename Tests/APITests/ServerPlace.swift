import AccessModel
import AuditTrail
import Definitions
import Foundation
import HTTPTypes
import Lifecycle
import Logging
import Notices
import Persistence
import SignIn
import StrictJSON
import TestSupport
import Testing
import WebServer

@testable import API
@testable import ControlPlane

/// The example organisation behind everything that a server answers: the API, sign-in, HR's webhooks and SCIM, put
/// together as `tenure serve` puts them, with a provider of the tests' own and callers who hold real tokens.
struct ServerPlace {
    static let address = "https://tenure.example.com"
    static let hrSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    static let clientSecret = "canary-client-secret-2b7e"

    let api: APIPlace
    let signIn: ServerSignIn
    let issuer: TestIssuer
    let scimToken: String
    let assembly: ServerAssembly

    var installation: Installation { api.installation }

    static func with(_ body: (ServerPlace) async throws -> Void) async throws {
        try await APIPlace.with { inner in
            let issuer = try TestIssuer(now: { Self.now() })
            let environment = ["CLIENT_SECRET": clientSecret, "HR_SECRET": hrSecret]
            let settings = [
                "public_url": address, "listen.plain": "true", "oidc.issuer": issuer.url, "oidc.client_id": "tenure",
                "oidc.client_secret": "env:CLIENT_SECRET", "hr.secrets": "env:HR_SECRET", "scim.enabled": "true",
            ]
            let configuration = ServerConfiguration.read(
                file: nil, environment: environment,
                flags: settings.sorted { $0.key < $1.key }.map { ServerConfiguration.Flag("--set", $0.key, $0.value) })
            #expect(configuration.isValid, "\(configuration.diagnostics)")
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            var assembly = ServerAssembly(
                inner.installation, configuration, port: 0, environment: environment, version: "test", logger: logger)
            let time = inner.time
            assembly.steady = time.clock
            let signIn = try await assembly.signIn()
            let scim = try await inner.installation.scimClients.add("okta")
            let table = RouteTable(try assembly.branches(signIn))
            let place = ServerPlace(
                api: APIPlace(installation: inner.installation, table: table, folder: inner.folder, time: time),
                signIn: signIn, issuer: issuer, scimToken: scim.token.reveal(), assembly: assembly)
            try await body(place)
            issuer.stop()
        }
    }

    private static func now() -> Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }

    // MARK: Callers

    /// A token of the provider's, for the API.
    func token(_ person: String, _ alter: (inout JSONObject) -> Void = { _ in }) throws -> String {
        try issuer.token(aud: "tenure", sub: person, alter)
    }

    func expiredToken(_ person: String) throws -> String {
        try token(person) { claims in
            claims["iat"] = .integer((claims["iat"]?.integer ?? 0) - 7_200)
            claims["exp"] = .integer((claims["exp"]?.integer ?? 0) - 7_200)
        }
    }

    /// A token of our own, as a pipeline has it after the exchange.
    func pipelineToken(_ tenant: String, _ tier: String) async throws -> String {
        let organization = try #require(try await installation.definitionsInForce()?.organization)
        let workload = try #require(
            organization.workloads.first { $0.tenant.text == tenant && $0.tier.text == tier })
        let group = Group(tenant: workload.tenant, tier: workload.tier, role: .operator)
        return try signIn.mint.mint(for: workload.identity, group: group, at: Self.now()).token.reveal()
    }

    func session(_ person: String) async throws -> SessionDesk.Begun {
        try await signIn.desk.begin(
            try #require(PersonID(person)), SessionDesk.Provenance(.session),
            from: RequestOrigin(peer: "127.0.0.1", correlation: "test"))
    }

    // MARK: Asking

    struct Ask {
        var method: HTTPRequest.Method
        var path: [String]
        var query: [WebQuery.Item] = []
        var body: [UInt8] = []
        var type: String? = "application/json"
        var bearer: String?
        var headers: HTTPFields = [:]
        var peer = WebPeer(address: "127.0.0.1", isLoopback: true)

        init(_ method: HTTPRequest.Method, _ path: String, bearer: String? = nil, _ body: JSONValue? = nil) {
            self.method = method
            self.path = path.split(separator: "/").map(String.init)
            self.bearer = bearer
            if let body { self.body = Array(body.compactText.utf8) }
        }
    }

    func ask(_ ask: Ask) async -> Answer {
        var headers = ask.headers
        if let bearer = ask.bearer { headers[.authorization] = "Bearer \(bearer)" }
        if !ask.body.isEmpty, let type = ask.type { headers[.contentType] = type }
        let request = WebRequest(
            method: ask.method, path: ask.path, query: WebQuery(ask.query), headers: headers, body: ask.body,
            correlation: "req-test", peer: ask.peer)
        let response = await api.table.respond(to: request) { error in
            Issue.record("unforeseen at \(ask.method) /\(ask.path.joined(separator: "/")): \(error)")
        }
        return Answer(response)
    }

    /// A webhook that HR signed.
    func webhook(_ path: String, _ bytes: [UInt8], type: String, id: String = UUID().uuidString) throws -> Ask {
        let signature = try WebhookSignature(secret: SecretText(Self.hrSecret), of: Sample.slug("hr"))
        let timestamp = Self.now().milliseconds / 1_000
        var ask = Ask(.post, path)
        ask.body = bytes
        ask.type = type
        for (name, value) in [
            ("webhook-id", id), ("webhook-timestamp", "\(timestamp)"),
            ("webhook-signature", signature.sign(id: id, timestamp: timestamp, body: bytes)),
        ] {
            if let name = HTTPField.Name(name) { ask.headers[name] = value }
        }
        return ask
    }

    // MARK: What is there

    /// How many rows each table has: what a request that is refused leaves as it is.
    func standing(but without: Set<String> = []) async throws -> [String: Int64] {
        // The time that was seen is written down for each who may change something.
        let ignored = without.union(["settings"])
        return try await installation.context.database.read { session in
            let names = try session.query("SELECT name FROM sqlite_master WHERE type = 'table'").map { try $0.text(0) }
            var counts: [String: Int64] = [:]
            for name in names where !ignored.contains(name) {
                counts[name] = try session.query("SELECT count(*) FROM \"\(name)\"").first?.integer(0)
            }
            return counts
        }
    }
}

extension Answer {
    /// Whether a refusal says what is wrong, for a program and for a person.
    var isClear: Bool {
        guard (400...499).contains(status) else { return true }
        let type = headers[.contentType] ?? ""
        if type.hasPrefix("application/problem+json") {
            return code != nil && json["detail"]?.string?.isEmpty == false && json["status"]?.integer == Int64(status)
        }
        if type.hasPrefix("application/scim+json") { return json["status"]?.string == "\(status)" }
        // RFC 6749, 5.2.
        return json["error"]?.string?.isEmpty == false
    }
}
