import AccessModel
import Foundation
import StrictJSON
import TestSupport
import Testing

/// A running server whose people sign in at a provider of the tests' own, and the commands that ask it.
struct SignedInServer {
    let rehearsal: Rehearsal
    let run: TenureRun
    let address: String
    let issuer: TestIssuer

    /// What commands answer for: a moment after everything that the rehearsal did.
    static let moment = "2026-11-21T08:30:00Z"

    init(_ rehearsal: Rehearsal) async throws {
        self.rehearsal = rehearsal
        let begin = Instant(rehearsal.clock) ?? Instant(milliseconds: 0)
        issuer = try TestIssuer(now: { begin })
        let port = Int(try LoopbackSocket.freePort())
        address = "http://127.0.0.1:\(port)"
        let settings = [
            "listen.port=\(port)", "oidc.issuer=\(issuer.url)", "oidc.client_id=tenure", "oidc.person_claim=email",
            "limits.requests_per_second=1000",
        ]
        run = try rehearsal.start(["serve"] + settings.flatMap { ["--set", $0] })
        try await run.said("ends on SIGINT")
    }

    func token(_ person: String) throws -> String {
        try issuer.token(aud: "tenure") { claims in
            claims["email"] = .string(person)
            claims["email_verified"] = true
        }
    }

    /// Asks the server, signed in as a person.
    func ask(
        _ person: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) async throws -> TenureCommand.Outcome {
        var own = ["TENURE_TOKEN": try token(person)]
        own.merge(environment) { _, new in new }
        return try await rehearsal.run(arguments + ["--server", address], input: input, environment: own)
    }

    @discardableResult
    func expect(
        _ status: Int32, _ person: String, _ arguments: String...,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws -> TenureCommand.Outcome {
        let outcome = try await ask(person, arguments)
        let said = "tenure \(arguments.joined(separator: " ")) --server: \(outcome.everything.prefix(3_000))"
        #expect(outcome.status == status, "\(said)", sourceLocation: sourceLocation)
        return outcome
    }

    /// The same command on the state and on the server: what is printed and how it ends has to be equal.
    func expectEqual(
        _ arguments: [String], as person: String = "marta@mountainlab.io", errorsToo: Bool = true,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        for format in [[], ["-o", "json"]] {
            let here = try await rehearsal.run(arguments + format)
            let there = try await ask(person, arguments + format)
            let words = "tenure \((arguments + format).joined(separator: " "))"
            #expect(there.output == here.output, "\(words)", sourceLocation: sourceLocation)
            #expect(there.status == here.status, "\(words): \(there.everything)", sourceLocation: sourceLocation)
            if errorsToo { #expect(there.errors == here.errors, "\(words)", sourceLocation: sourceLocation) }
        }
    }

    func stop() async throws {
        run.terminate()
        let ended = try await run.end(within: .seconds(60))
        #expect(ended.status == 0, "\(ended.errors.suffix(2_000))")
    }
}
