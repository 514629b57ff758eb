import AccessModel
import Definitions
import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// People are taken out of files, and nothing else.
@Suite struct DepartureEditTests {
    private func files() throws -> [DefinitionFile] {
        try DefinitionFolder(TestSystems.packageDirectory + "/Examples/mountainlab").read().files
    }

    private func text(_ path: String, _ files: [DefinitionFile]) throws -> String {
        String(decoding: try #require(files.first { $0.path == path }).bytes, as: UTF8.self)
    }

    private func entry(_ email: String, _ path: String = "tenants/payments.yaml") throws -> DepartureEdit.Entry {
        DepartureEdit.Entry(file: path, line: 1, email: try #require(EmailAddress(email)))
    }

    @Test func aLineGoesAndEverythingElseStays() throws {
        let before = try files()
        let old = try text("tenants/payments.yaml", before)
        var edit = DepartureEdit(before)
        try edit.remove([try entry("lena@auditpartners.example")])
        #expect(
            try text("tenants/payments.yaml", edit.files)
                == old.replacing("    - lena@auditpartners.example      # external auditor\n", with: ""))
        #expect(edit.changed == ["tenants/payments.yaml"])
        try edit.remove([try entry("javi@mountainlab.io")])
        #expect(try !text("tenants/payments.yaml", edit.files).contains("javi@"))
    }

    @Test func aListOfOneIsEmptyThen() throws {
        var all = try files()
        let index = try #require(all.firstIndex { $0.path == "tenants/payments.yaml" })
        let old = String(decoding: all[index].bytes, as: UTF8.self)
        let single = old.replacing(
            "  contributors:\n    - javi@mountainlab.io\n    - ana@mountainlab.io\n",
            with: "  # who deploys\n  contributors:   # few\n    - javi@mountainlab.io\n\n")
        #expect(single != old)
        all[index] = DefinitionFile(path: "tenants/payments.yaml", text: single)
        var edit = DepartureEdit(all)
        try edit.remove([try entry("javi@mountainlab.io")])
        let new = try text("tenants/payments.yaml", edit.files)
        #expect(new.contains("  # who deploys\n  contributors: []   # few\n\n"), "\(new)")
    }

    @Test func whatCannotBeEditedSafelyIsLeft() throws {
        var all = try files()
        let index = try #require(all.firstIndex { $0.path == "tenants/payments.yaml" })
        let old = String(decoding: all[index].bytes, as: UTF8.self)
        all[index] = DefinitionFile(
            path: "tenants/payments.yaml",
            text: old.replacing(
                "  contributors:\n    - javi@mountainlab.io\n    - ana@mountainlab.io\n",
                with: "  contributors: [javi@mountainlab.io, ana@mountainlab.io]\n"))
        var edit = DepartureEdit(all)
        for bad in ["javi@mountainlab.io", "nobody@mountainlab.io"] {
            #expect(throws: DepartureEdit.Refusal.self) { try edit.remove([try entry(bad)]) }
        }
        // One that cannot be taken out of one file stays in all of them.
        #expect(throws: DepartureEdit.Refusal.self) {
            try edit.remove([try entry("pedro@mountainlab.io"), try entry("javi@mountainlab.io")])
        }
        #expect(edit.changed.isEmpty && edit.files.map(\.bytes) == all.map(\.bytes))
    }
}
