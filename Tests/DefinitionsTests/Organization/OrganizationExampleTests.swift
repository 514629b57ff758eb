import AccessModel
import Definitions
import Foundation
import Testing

/// The example in the repository is one that Tenure takes without a word.
@Suite struct OrganizationExampleTests {
    private func mountainlab() throws -> [DefinitionFile] {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        root.append(path: "Examples/mountainlab")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter {
            DefinitionPath($0).isDefinition
        }
        return try paths.map { path in
            DefinitionFile(path: path, bytes: Array(try Data(contentsOf: root.appending(path: path))))
        }
    }

    @Test func mountainlabIsWhole() throws {
        let reading = DefinitionReader.read(
            try mountainlab(), connectors: AcmeFiles.connectors, revision: "")
        #expect(reading.diagnostics.map(\.text) == [])
        let organization = try #require(reading.organization)
        #expect(organization.tenants.map(\.name.text) == ["catalog", "insights", "payments", "storefront"])
        #expect(reading.outsiders.map(\.email.text) == ["lena@auditpartners.example"])
        #expect(organization.groups.count == (4 + 2) * 2 * 4)
        let payments = try #require(Group("payments/live/admin"))
        #expect(organization.jitRule(for: payments)?.approval == .twoParty)
    }

    /// One file after another cut short: always an answer, never a crash.
    @Test func mountainlabMayBeCutAnywhere() throws {
        let files = try mountainlab()
        for index in files.indices {
            for end in stride(from: 0, to: files[index].bytes.count, by: 61) {
                var cut = files
                cut[index] = DefinitionFile(path: files[index].path, bytes: Array(files[index].bytes[..<end]))
                let reading = DefinitionReader.read(cut, connectors: AcmeFiles.connectors, revision: "")
                #expect(reading.hasErrors == (reading.organization == nil))
            }
        }
    }
}
