import Foundation
import StrictJSON
import TestSupport
import Testing
import WebServer

@testable import SCIMServer

/// The programs that others check their SCIM servers with.
@Suite("Testers of SCIM servers", .serialized) struct TesterTests {
    private func serve(
        _ place: SCIMDatabase, _ body: @escaping @Sendable (SCIMWorld, String) async throws -> Void
    ) async throws {
        try await place.withDatabase { database in
            let port = Int(try LoopbackSocket.freePort())
            let world = try await SCIMWorld(database, url: "http://127.0.0.1:\(port)")
            try await ServedTable.serve(world.table, WebSettings(port: port)) { port in
                try await body(world, "http://127.0.0.1:\(port)/scim/v2")
            }
        }
    }

    @Test("scim2-tester has nothing to say", arguments: SCIMDatabase.allCases)
    func scim2Tester(_ place: SCIMDatabase) async throws {
        guard let program = try TestSystems.require("scim2") else { return }
        try await serve(place) { world, address in
            let run = try await ProgramRun.run(
                program, ["--url", address, "test", "--verbose"],
                environment: ["SCIM_CLI_HEADERS": "Authorization: Bearer \(world.token)", "NO_COLOR": "1"],
                limit: .seconds(400))
            let results = run.output.split(separator: "\n").filter { $0.contains("SUCCESS") || $0.contains("ERROR") }
            #expect(run.status == 0 && results.count > 40, "\(run.output)")
            for word in ["ERROR", "DEVIATION", "CRITICAL", "Traceback"] {
                #expect(!run.output.contains(word), "\(run.output)")
            }
        }
    }

    @Test("scim-sanity has nothing to say, however strict", arguments: SCIMDatabase.allCases)
    func scimSanity(_ place: SCIMDatabase) async throws {
        guard let program = try TestSystems.require("scim-sanity") else { return }
        try await serve(place) { world, address in
            let run = try await ProgramRun.run(
                program,
                ["probe", address, "--token", world.token, "--i-accept-side-effects", "--strict", "--json-output"])
            let json = try JSONParser.parse(run.output)
            let summary = json["summary"]
            #expect(run.status == 0, "\(run.output)")
            #expect(summary?["failed"]?.integer == 0 && summary?["errors"]?.integer == 0, "\(run.output)")
            #expect(summary?["warnings"]?.integer == 0 && (summary?["passed"]?.integer ?? 0) > 20, "\(run.output)")
        }
    }
}
