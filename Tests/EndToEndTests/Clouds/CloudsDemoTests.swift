import TestSupport
import Testing

/// The story on slapd, PostgreSQL, Kubernetes and moto at once, as `make demo-clouds` tells it; it asks their own clients.
@Suite(.serialized) struct CloudsDemoTests {
    @Test("every answer of the systems' own clients is the right one", .timeLimit(.minutes(10)))
    func story() async throws {
        for name in ["slapd", "postgres", "kube-apiserver", "moto_server"] {
            guard try TestSystems.require(name, for: #function) != nil else { return }
        }
        let folder = try TemporaryFolder()
        let demo = try TenureCommand(in: folder.path, named: "clouds-demo")
        let outcome = try await demo.run([])
        #expect(outcome.status == 0, "\(outcome.everything.suffix(4_000))")
        #expect(outcome.output.contains("every answer was the right one"))
        let answers = outcome.output.split(separator: "\n").count { $0.hasPrefix("  ok   ") }
        #expect(answers >= 35 && !outcome.output.contains("WRONG"), "\(answers) answers")
    }
}
