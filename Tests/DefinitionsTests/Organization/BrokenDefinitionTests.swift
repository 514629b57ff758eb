import Definitions
import Testing

/// The table of what is refused: its place, its code and every word of the message.
@Suite struct BrokenDefinitionTests {
    static let all =
        BrokenDefinition.syntax + BrokenDefinition.platform + BrokenDefinition.tenants + BrokenDefinition.workloads
        + BrokenDefinition.windows + BrokenDefinition.core + BrokenDefinition.targets + BrokenDefinition.paths
        + BrokenDefinition.policies

    @Test(arguments: all)
    func isRefusedWithItsPlace(_ row: BrokenDefinition) {
        let reading = row.acme.read()
        #expect(reading.diagnostics.map { "\($0.code) \($0.text)" } == row.expected)
        #expect(reading.hasErrors == (reading.organization == nil))
    }

    @Test func theTableIsLong() {
        #expect(Self.all.count >= 100)
        #expect(Set(Self.all.map(\.name)).count == Self.all.count)
    }

    @Test func theGoodOneIsGood() {
        let reading = AcmeFiles().read()
        #expect(reading.diagnostics.map(\.text) == [])
        #expect(reading.organization != nil)
    }
}
