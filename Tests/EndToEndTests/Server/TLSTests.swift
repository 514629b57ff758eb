import Foundation
import TestSupport
import Testing

/// The real server over TLS, asked with curl: who it proves to be, and whom it lets ask.
@Suite(.serialized) struct TLSTests {
    private struct Served {
        let rehearsal: Rehearsal
        let authority: TestAuthority
        let run: TenureRun
        let port: Int

        init(_ settings: [String] = []) async throws {
            let rehearsal = try Rehearsal()
            self.rehearsal = rehearsal
            authority = try TestAuthority("ca", in: rehearsal.folder.path)
            let own = try authority.sign("server", as: "server")
            let port = Int(try LoopbackSocket.freePort())
            self.port = port
            let all =
                [
                    "listen.port=\(port)", "tls.certificate=\(own.certificate)", "tls.key=\(own.key)",
                ] + settings.map { $0.replacing("CA", with: rehearsal.path("ca.pem")) }
            run = try rehearsal.start(["serve"] + all.flatMap { ["--set", $0] })
            try await run.said("ends on SIGINT")
        }

        /// What curl says: the status, or `curl` and the number of its error.
        func ask(_ arguments: String..., trusting authority: String? = nil) async throws -> String {
            let curl = try #require(TestSystems.find("curl"))
            let run = try await ProgramRun.run(
                curl,
                ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", authority ?? self.authority.certificate]
                    + arguments + ["https://127.0.0.1:\(port)/healthz"], limit: .seconds(30))
            return run.status == 0 ? run.output : "curl \(run.status)"
        }

        func with(_ pair: TestAuthority.Pair) async throws -> String {
            try await ask("--cert", pair.certificate, "--key", pair.key)
        }

        func stop() async throws {
            run.terminate()
            #expect(try await run.end(within: .seconds(30)).status == 0)
        }
    }

    private func isRefused(_ answer: String) -> Bool { answer.hasPrefix("curl ") }

    @Test func oldVersionsAndUnknownAuthoritiesAreRefused() async throws {
        let served = try await Served()
        #expect(try await served.ask() == "200")
        #expect(try await served.ask("--tlsv1.2", "--tls-max", "1.2") == "200")
        #expect(try await served.ask("--tlsv1.3") == "200")
        // The client would speak it: its own refusal of the version is lifted.
        let old = try await served.ask("--tlsv1.0", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0")
        #expect(old == "curl 35", "\(old)")
        let other = try TestAuthority("other", in: served.rehearsal.folder.path)
        #expect(try await served.ask(trusting: other.certificate) == "curl 60")
        // Plain HTTP is not answered on this port.
        let plain = HTTPConnection(port: served.port, timeout: 10)
        await #expect(throws: (any Error).self) {
            let answer = try await plain.ask("GET", "/healthz")
            Issue.record("answered \(answer.status)")
        }
        try await served.stop()
    }

    @Test func whereClientsMustShowACertificateNobodyAsksWithoutOne() async throws {
        let served = try await Served(["tls.client_ca=CA", "tls.client_certificates=required"])
        let good = try served.authority.sign("client", as: "client")
        let expired = try served.authority.sign("late", as: "late", days: -1)
        let stranger = try TestAuthority("other", in: served.rehearsal.folder.path).sign("client", as: "stranger")
        #expect(try await served.with(good) == "200")
        #expect(isRefused(try await served.ask()))
        #expect(isRefused(try await served.with(expired)))
        #expect(isRefused(try await served.with(stranger)))
        try await served.stop()
    }

    @Test func whereClientsMayShowACertificateAWrongOneIsRefusedAllTheSame() async throws {
        let served = try await Served(["tls.client_ca=CA", "tls.client_certificates=optional"])
        let good = try served.authority.sign("client", as: "client")
        let expired = try served.authority.sign("late", as: "late", days: -1)
        let stranger = try TestAuthority("other", in: served.rehearsal.folder.path).sign("client", as: "stranger")
        #expect(try await served.with(good) == "200")
        #expect(try await served.ask() == "200")
        #expect(isRefused(try await served.with(expired)))
        #expect(isRefused(try await served.with(stranger)))
        try await served.stop()
    }

    /// A renewed certificate is shown without a restart; half of a renewal is not.
    @Test func aRenewedCertificateIsTakenUp() async throws {
        let served = try await Served()
        let folder = served.rehearsal.folder.path
        let next = try TestAuthority("next", in: folder)
        let renewed = try next.sign("server", as: "renewed")
        #expect(try await served.ask(trusting: next.certificate) == "curl 60")
        func replace(_ from: String, _ to: String) throws {
            try Data(contentsOf: URL(filePath: from)).write(to: URL(filePath: to), options: .atomic)
        }
        try replace(renewed.certificate, folder + "/server.pem")
        try await Task.sleep(for: .milliseconds(1_100))
        // The key is still the old one: the old certificate stays.
        #expect(try await served.ask() == "200")
        try replace(renewed.key, folder + "/server.key")
        let end = ContinuousClock.now + .seconds(20)
        var answer = ""
        while answer != "200", ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(200))
            answer = try await served.ask(trusting: next.certificate)
        }
        #expect(answer == "200")
        #expect(try served.run.errors().contains("the renewed certificate is shown"))
        try await served.stop()
    }
}
