import StrictJSON
import TestSupport
import Testing

@testable import API

/// The program that others check their APIs with, on a running server.
@Suite("schemathesis", .serialized) struct SchemathesisTests {
    /// An admin of the platform and a reader of one tenant: what the first may and the second may not.
    @Test("finds nothing that the document does not say", arguments: [APIPlace.marta, APIPlace.pedro])
    func findsNothing(_ caller: String) async throws {
        guard let program = try TestSystems.require("schemathesis") else { return }
        try await APIPlace.with { place in
            try await place.served { address in
                let run = try await ProgramRun.run(
                    program,
                    [
                        "run", "\(address)/openapi.json", "--header", "Authorization: Bearer \(caller)", "--seed", "7",
                        "--checks", "all",
                        // What HR's rules or a key's earlier use refuse, no schema can say.
                        "--exclude-checks", "positive_data_acceptance", "--phases", "examples,coverage,fuzzing",
                        "--max-examples", "8",
                        // A case is told of for as long as it goes on.
                        "--exclude-operation-id", "followCase", "--no-color", "--request-timeout", "20",
                        "--suppress-health-check", "all", "--generation-database", "none",
                    ], limit: .seconds(600))
                #expect(run.status == 0, "\(run.output)")

            }
        }
    }
}
