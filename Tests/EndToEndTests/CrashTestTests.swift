import Foundation
import TestSupport
import Testing

/// The crash test itself: a bounded part of what `make crash-test` does, and that it notices what is missing.
@Suite(.serialized) struct CrashTestTests {
    @Test func aSampleOfAllFaultsIsSurvived() async throws {
        guard try TestSystems.require("slapd") != nil, try TestSystems.require("scim2-server") != nil else { return }
        let outcome = try await crashTest("--sample", "--database", "sqlite")
        #expect(outcome.status == 0, "\(outcome.everything)")
        let line = outcome.output.split(separator: "\n").last ?? ""
        let faults = try #require(line.wholeMatch(of: /faults=(\d+) survived=(\d+) lost=0 doubled=0/), "\(line)")
        #expect(faults.1 == faults.2)
        #expect(try #require(Int(faults.1)) > 80)
    }

    @Test(arguments: ["journal", "idempotency-key", "fencing", "read-back"])
    func aMissingDefenceIsNoticed(_ defence: String) async throws {
        let outcome = try await crashTest(
            "--connector", "directory", "--database", "sqlite", "--until-noticed", "--without", defence)
        #expect(outcome.status == 0, "\(outcome.everything)")
        #expect(outcome.output.contains("without \(defence): "), "\(outcome.everything)")
        #expect(outcome.output.contains(": noticed"), "\(outcome.everything)")
    }

    /// The hook sees every flush that the kernel sees: what it does not see it cannot break.
    @Test func theHookCountsWhatStraceCounts() async throws {
        guard try TestSystems.require("strace") != nil else { return }
        let outcome = try await crashTest("--check-hook", "--connector", "directory", "--database", "sqlite")
        #expect(outcome.status == 0, "\(outcome.everything)")
    }

    private func crashTest(_ arguments: String...) async throws -> TenureCommand.Outcome {
        let folder = try TemporaryFolder()
        var command = try TenureCommand(in: folder.path, named: "crash-test")
        command.environment["TENURE_TEST_TOOLS"] = TestSystems.toolsDirectory
        command.limit = .seconds(900)
        return try await command.run(arguments)
    }
}
