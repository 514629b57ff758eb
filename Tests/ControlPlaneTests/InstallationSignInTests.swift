import AccessModel
import Foundation
import HTTPTypes
import SignIn
import StrictJSON
import TestSupport
import Testing
import WebServer

@testable import ControlPlane

/// Signing in on a whole installation: its people, its clock and its key.
@Suite("Sign-in of an installation")
struct InstallationSignInTests {
    private static let feed = """
        id,email,given_name,family_name,type,status,department,title,manager_id,location,start_date,end_date,aliases
        e-0001,ana@mountainlab.io,Ana,Gil,employee,active,Engineering,Lead,,Madrid,2021-03-01,,
        e-0002,leo@mountainlab.io,Leo,Paz,employee,left,Engineering,Lead,,Madrid,2021-03-01,2024-01-01,
        #count,2,2026-01-01T06:00:00Z

        """
    private static let settings = SignInSettings(server: "http://127.0.0.1:8080")

    private func installation(_ folder: TemporaryFolder) async throws -> Installation {
        try await Installation.open(StateFolder(database: folder.path("tenure.db")), as: nil, creating: true)
    }

    private func request(_ path: [String], query: [WebQuery.Item] = [], headers: HTTPFields = [:]) -> WebRequest {
        WebRequest(
            method: .get, path: path, query: WebQuery(query), headers: headers, correlation: "req-1",
            peer: WebPeer(address: "127.0.0.1", isLoopback: true))
    }

    @Test("the first administrator comes in by a link, and is out the moment that HR says so") func bootstrap()
        async throws
    {
        let folder = try TemporaryFolder()
        let installation = try await installation(folder)
        _ = try await installation.people().importSnapshot(Array(Self.feed.utf8))
        let signIn = try await installation.signIn(Self.settings)
        for nobody in ["leo@mountainlab.io", "e-0002", "x@mountainlab.io"] {
            await #expect(throws: (any Error).self) {
                try await installation.makeBootstrapLink(for: nobody, on: signIn)
            }
        }
        let link = try await installation.makeBootstrapLink(for: "ana@mountainlab.io", on: signIn)
        let table = RouteTable([RouteTable.Branch(signIn.routes())])
        let answer = await table.respond(
            to: request(["bootstrap"], query: [WebQuery.Item("secret", link.secret.reveal())]))
        #expect(answer.status == .seeOther)
        let set = try #require(answer.headers[.setCookie])
        // Without TLS, on this machine alone: a browser would not take the prefix.
        #expect(set.hasPrefix("tenure-session=") && set.contains("HttpOnly") && !set.contains("Secure"))
        let carried = request(["api"], headers: [.cookie: String(set.prefix { $0 != ";" })])
        #expect(try await signIn.authenticate(carried) == .person(Sample.id("e-0001"), .bootstrap))
        let time = "2026-02-01T00:00:00Z"
        let event =
            #"{"specversion":"1.0","id":"1","source":"hr/x","type":"io.tenure.identity.left","time":"\#(time)","subject":"e-0001","data":{"effective":"\#(time)","person":{"status":"left"}}}"#
        _ = try await installation.people().accept(Array(event.utf8))
        await #expect(throws: Problem.self) { try await signIn.authenticate(carried) }
        let login = await table.respond(to: request(["login"]))
        #expect(login.status == .notFound)
        try await installation.close()
    }

    @Test("nodes of one key know each other's tokens; another generation is another key") func keys() async throws {
        let folder = try TemporaryFolder()
        let first = try await installation(folder)
        let mint = try await first.tokenMint("https://tenure.example.com")
        let identity = IdentityID.workload(
            tenant: Sample.slug("payments"), tier: Sample.slug("live"), name: Sample.slug("deploy"))
        let token = try mint.mint(for: identity, group: Sample.group("payments/live/operator"), at: first.now).token
            .reveal()
        try await first.close()
        let second = try await installation(folder)
        func isTaken() async throws -> Bool {
            let mint = try await second.tokenMint("https://tenure.example.com")
            return TokenVerdict.judge(token, by: mint.rules, mint.keySet, at: second.now).isAccepted
        }
        #expect(try await isTaken())
        try await second.rotateTokenKey()
        #expect(try await isTaken())
        try await second.rotateTokenKey()
        #expect(try await !isTaken())
        // No file and no table holds a private half.
        let set = try await second.tokenMint("x").keySetJSON.compactText
        #expect(!set.contains("\"d\""))
        try await second.close()
    }
}
