import Foundation
import StrictJSON
import TestSupport
import Testing

/// What somebody wrote wrong in Mountainlab's files, and where Tenure must point.
struct BrokenFile: Sendable {
    let file: String
    let old: String
    let new: String
    let code: String
    let place: String

    init(_ file: String, _ old: String, _ new: String, _ code: String, at place: String) {
        self.file = file
        self.old = old
        self.new = new
        self.code = code
        self.place = place
    }

    static let all: [BrokenFile] = [
        .init("platform.yaml", "organization:", "organisation:", "unknown-key", at: "2:1"),
        .init("platform.yaml", "tiers:", "sectors: []\ntiers:", "duplicate-key", at: "11:1"),
        .init("platform.yaml", "domains: [", "domains: &d [", "anchor", at: "3:10"),
        .init("platform.yaml", "max_duration_hours: 12", "max_duration_hours: twelve", "wrong-type", at: "31:23"),
        .init("platform.yaml", "Europe/Madrid", "Europe/Madird", "bad-timezone", at: "45:11"),
        .init("platform.yaml", "{name: live,", "{name: Live,", "bad-slug", at: "13:12"),
        .init("platform.yaml", "approval: self,", "approval: nobody,", "bad-value", at: "22:35"),
        .init("platform.yaml", "{tier}-{roles}", "{role}", "bad-template", at: "19:10"),
        .init("core-iam.yaml", "type: non-human", "type: human", "human-operator", at: "12:19"),
        .init("core-iam.yaml", "environment:sandbox", "*", "wildcard-subject", at: "15:24"),
        .init(
            "core-iam.yaml", "eligible_from: platform-live-readers", "eligible_from: readers", "unknown-group",
            at: "44:30"),
        .init("core-iam.yaml", "target_sector: ecommerce", "target_sector: shops", "unknown-sector", at: "80:20"),
        .init("core-iam.yaml", "- name: security", "- name: finance", "unknown-sector", at: "60:11"),
        .init("tenants/payments.yaml", "name: payments", "name: payment", "tenant-file-name", at: "2:7"),
        .init("tenants/payments.yaml", "- ana@mountainlab.io", "- engineering", "nested-group", at: "11:7"),
        .init("tenants/payments.yaml", "- ana@", "- marta@", "duplicate-person", at: "11:7"),
        .init("tenants/payments.yaml", "sectors: [ecommerce]", "sectors: [platform]", "core-sector", at: "3:11"),
        .init("tenants/payments.yaml", "pci-dss", "pci-dsss", "unknown-compliance", at: "33:13"),
        .init("tenants/payments.yaml", "readers:", "raeders:", "unknown-key", at: "12:3"),
        .init(
            "tenants/payments.yaml", "payments-service:environment:live", "*:environment:live", "wildcard-subject",
            at: "27:14"),
        .init(
            "tenants/payments.yaml", "peer, max_duration_hours: 2", "peer, max_duration_hours: 200", "above-ceiling",
            at: "31:58"),
        .init(
            "tenants/storefront.yaml", "sandbox: [contributor]", "live: [contributor]", "standing-write-in-live",
            at: "19:10"),
        .init("tenants/storefront.yaml", "[tomas@mountainlab.io]", "tomas@mountainlab.io", "wrong-type", at: "6:11"),
        .init("tenants/catalog.yaml", "members:", "members: !!map", "tag", at: "5:10"),
        .init("targets.yaml", "connector: directory", "connector: directoy", "unknown-connector", at: "4:16"),
        .init("targets.yaml", "identity_provider: true", "identity_provider: maybe", "wrong-type", at: "5:24"),
        .init("targets.yaml", "path: corp.directory", "paht: corp.directory", "unknown-setting", at: "7:16"),
        .init("targets.yaml", "{path: corp.directory}", "{}", "missing-setting", at: "7:15"),
        .init("targets.yaml", "path: corp.directory", "path: ../corp.directory", "bad-setting", at: "7:22"),
        .init("targets.yaml", "name: shop", "name: corp", "duplicate-name", at: "9:11"),
        .init("birthright.yaml", "accounts: [corp]", "accounts: [crop]", "unknown-target", at: "5:16"),
        .init("birthright.yaml", "{type: employee}", "{typ: employee}", "unknown-attribute", at: "7:13"),
    ]
}

@Suite struct BrokenDefinitionTests {
    @Test func everyBrokenFileIsRefusedWithItsPlaceAndChangesNothing() async throws {
        let office = try Rehearsal()
        try await office.expect(0, "people", "import", "mountainlab/hr/people.csv")
        let before = try await office.standing()
        for broken in BrokenFile.all {
            let path = "mountainlab/\(broken.file)"
            let good = try office.read(path)
            let comment = Comment(rawValue: "\(broken.file): `\(broken.old)` -> `\(broken.new)`")
            try office.edit(path) { $0.replacing(broken.old, with: broken.new, maxReplacements: 1) }

            let found = try #require(try await office.json("validate", "mountainlab", status: 1).array, comment)
            let errors = found.filter { $0["severity"]?.string == "error" }
            let said = errors.map { error in
                let place = [error["line"], error["column"]].compactMap { $0?.integer }.map(String.init)
                return "\(error["code"]?.string ?? "") \(error["file"]?.string ?? ""):\(place.joined(separator: ":"))"
            }
            #expect(said.contains("\(broken.code) \(broken.file):\(broken.place)"), "\(comment): \(said)")
            #expect(errors.allSatisfy { ($0["message"]?.string?.count ?? 0) > 20 }, comment)
            let applied = try await office.expect(1, "apply", "mountainlab", "--yes")
            #expect(applied.errors.contains("\(broken.file):\(broken.place): error: "), "\(comment): \(applied.errors)")
            try office.write(path, good)
        }
        #expect(try await office.standing() == before)
        // The same folder, whole again, is applied: nothing else stood against it.
        try await office.expect(0, "apply", "mountainlab", "--yes")
    }

    @Test func whatIsLeftOutOrTooMuchIsRefused() async throws {
        let office = try Rehearsal()
        try await office.expect(0, "people", "import", "mountainlab/hr/people.csv")
        let before = try await office.standing()
        let files = FileManager.default
        try files.moveItem(atPath: office.path("mountainlab/platform.yaml"), toPath: office.path("kept"))
        let applied = try await office.expect(1, "apply", "mountainlab", "--yes")
        #expect(applied.errors.contains("platform.yaml"), "\(applied.errors)")
        try files.moveItem(atPath: office.path("kept"), toPath: office.path("mountainlab/platform.yaml"))
        let added = [
            "extra.yaml": "- [", "platform.yaml": "name: platform\nsectors: [ecommerce]\nmembers: {}\n",
            "big.yaml": "#" + String(repeating: "x", count: 1 << 20), "bom.yaml": "\u{FEFF}name: bom\n",
        ]
        for (file, text) in added {
            try office.write("mountainlab/tenants/\(file)", text)
            let applied = try await office.expect(1, "apply", "mountainlab", "--yes")
            #expect(applied.errors.contains("tenants/\(file):"), "\(applied.errors)")
            try files.removeItem(atPath: office.path("mountainlab/tenants/\(file)"))
        }
        #expect(try await office.standing() == before)
    }
}
