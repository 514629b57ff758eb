import AccessModel
import Definitions
import StrictJSON
import Testing

/// What good files mean.
@Suite struct OrganizationReadingTests {
    @Test func everythingThatIsWrittenIsKept() throws {
        let organization = try #require(AcmeFiles().read().organization)
        #expect(organization.revision == "r1")
        #expect(organization.platform.organization.text == "acme")
        #expect(organization.platform.sectors.map(\.name.text) == ["platform", "security", "shop", "lab"])
        #expect(organization.platform.sectors.map(\.isCore) == [true, true, false, false])
        #expect(organization.platform.tiers.map(\.isLive) == [false, true])
        #expect(organization.platform.maximumWindow == .hours(12))
        #expect(organization.platform.guards.maximumLeaversPerHour == 10)
        #expect(organization.platform.breakGlass?.maximumDuration == .hours(1))
        let cart = try #require(organization.tenants.first)
        #expect(cart.admins.map(\.email.text) == ["cyd@acme.example", "dan@acme.example"])
        #expect(cart.contributors.map(\.place.description) == ["tenants/cart.yaml:6:7"])
        #expect(cart.standingContributorTiers.map(\.text) == ["sandbox"])
        #expect(cart.workloads.map(\.identity.description) == ["workload:cart/live/operator"])
        #expect(cart.compliance.map(\.text) == ["pci-dss"])
        #expect(organization.core.groups.map(\.slug).contains("platform-live-admins"))
        #expect(organization.core.identityProvider?.text == "corp")
        #expect(organization.targets.map(\.settings) == [["path": "corp.directory"], .object(JSONObject())])
        #expect(organization.targets[0].credential == "env:CORP_PASSWORD")
        #expect(organization.targets[1].covers.description == "shop/*/*/*")
        #expect(organization.birthright[1].match.map(\.values) == [["Engineering"], ["employee", "contractor"]])
    }

    /// A plain `no` is a name where a name is wanted, a `10` is text where text is wanted.
    @Test func scalarsAreTypedByTheSchema() throws {
        var acme = AcmeFiles.with("tenants/no.yaml", bytes: "name: no\nsectors: [shop]\nmembers: {}\n".utf8)
        acme.files["birthright.yaml"] = Array(
            "rules:\n  - {name: 10, match: {title: null, location: 0x1F}, groups: [{target: corp, name: yes}]}\n".utf8)
        let organization = try #require(acme.read().organization)
        #expect(organization.tenants.map(\.name.text) == ["cart", "no"])
        #expect(organization.birthright[0].name == "10")
        #expect(organization.birthright[0].match.map(\.values) == [["null"], ["0x1F"]])
        #expect(organization.birthright[0].groups.map(\.name) == ["yes"])
    }

    @Test func settingsAreTypedAsYAMLDoes() throws {
        let settings = "{a: 1, b: 1.5, c: true, d: no, e: \"1\", f: ~, g: [x, 0x1F], h: {i: 010}, token: vault:a/b}"
        let acme = AcmeFiles.with("targets.yaml", "{path: corp.directory}", settings)
        let organization = try #require(acme.read().organization)
        let expected: JSONValue = [
            "a": 1, "b": 1.5, "c": true, "d": "no", "e": "1", "f": nil, "g": ["x", "0x1F"], "h": ["i": "010"],
            "token": "vault:a/b",
        ]
        #expect(organization.targets[0].settings == expected)
    }

    @Test func lineEndsAndFlowStyleDoNotMatter() throws {
        let plain = try #require(AcmeFiles().read().organization)
        var acme = AcmeFiles()
        for (path, bytes) in acme.files {
            acme.files[path] = bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
        }
        let crlf = try #require(acme.read().organization)
        #expect(crlf.groups == plain.groups)
        #expect(crlf.tenants.map(\.admins) == plain.tenants.map(\.admins))
        let flow =
            "{name: cart, sectors: [shop], members: {admins: [cyd@acme.example, dan@acme.example], contributors: [], readers: []}}"
        let reading = AcmeFiles.with("tenants/cart.yaml", bytes: flow.utf8).read()
        #expect(reading.diagnostics.map(\.text) == [])
        #expect(reading.organization?.tenants.first?.admins.map(\.place.column) == [50, 68])
    }

    @Test func theSchemaMayBeNamed() {
        var acme = AcmeFiles()
        for (path, bytes) in acme.files { acme.files[path] = Array("$schema: tenure/v1\n".utf8) + bytes }
        #expect(acme.read().diagnostics.map(\.text) == [])
    }

    @Test func addressesOutsideAreHandedOut() {
        let acme = AcmeFiles.with("tenants/cart.yaml", "readers: []", "readers: [lena@audit.example, eva@ACME.example]")
        let reading = acme.read()
        #expect(reading.outsiders.map(\.email.text) == ["lena@audit.example"])
        #expect(
            reading.outsiderNotes.map(\.text) == [
                "tenants/cart.yaml:7:13: note: `lena@audit.example` is in no domain of the organisation; that is right "
                    + "only for an external"
            ])
        #expect(reading.organization != nil)
    }

    @Test func theErrorsOfAllFilesComeAtOnceAndSorted() {
        var acme = AcmeFiles.with("tenants/cart.yaml", bytes: "name: [\n".utf8)
        acme.files["targets.yaml"] = Array("targets: [{name: A, connector: none}]\nx: 1\n".utf8)
        acme.files["birthright.yaml"] = Array("rules: 1\n".utf8)
        let reading = acme.read()
        #expect(reading.organization == nil)
        #expect(
            reading.diagnostics.map { "\($0.place) \($0.code)" } == [
                "birthright.yaml:1:8 wrong-type", "targets.yaml:1:18 bad-slug", "targets.yaml:1:32 unknown-connector",
                "targets.yaml:2:1 unknown-key", "tenants/cart.yaml:2:1 syntax",
            ])
    }

    /// What could not be read is not measured against: nothing is said of sectors that the broken file may define.
    @Test func aBrokenPlatformGivesNoFollowingErrors() {
        let reading = AcmeFiles.with("platform.yaml", bytes: "organization: [\n".utf8).read()
        #expect(reading.diagnostics.map(\.code) == ["syntax"])
        let oneSector = AcmeFiles.with("platform.yaml", "{name: shop}", "{name: Shop}").read()
        #expect(oneSector.diagnostics.map(\.code) == ["bad-slug"])
        let oneTier = AcmeFiles.with("platform.yaml", "{name: live, live: true}", "{name: live, live: on}").read()
        #expect(oneTier.diagnostics.map(\.code) == ["wrong-type"])
    }

    @Test func noSecretIsEverPrinted() {
        let texts = BrokenDefinition.targets.flatMap { $0.acme.read().diagnostics.map(\.text) }
        #expect(!texts.contains { $0.contains("hunter") })
    }

    @Test func groupsOfOneNameAreFound() {
        var acme = AcmeFiles()
        acme.files["core-iam.yaml"] = nil
        acme.files["platform.yaml"] = Array(
            """
            organization: acme
            domains: [acme.example]
            sectors: [{name: shop}]
            tiers: [{name: live, live: true}, {name: eu-live, live: true}]
            """.utf8)
        acme.files["tenants/cart.yaml"] = Array("name: cart\nsectors: [shop]\nmembers: {}\n".utf8)
        acme.files["tenants/cart-eu.yaml"] = Array("name: cart-eu\nsectors: [shop]\nmembers: {}\n".utf8)
        let errors = acme.read().diagnostics.filter { $0.severity == .error }
        #expect(errors.map(\.code) == Array(repeating: "slug-collision", count: 4))
        #expect(
            errors.first?.text
                == "tenants/cart-eu.yaml:1:7: error: `cart-eu-live-admins` would be the name of both "
                + "Group(\"cart\", \"eu-live\", \"admin\") and Group(\"cart-eu\", \"live\", \"admin\") in target `corp`; "
                + "rename one, or change the naming template")
    }

    @Test func tooFewApproversAreAWarning() {
        let one = AcmeFiles.with("core-iam.yaml", ", bob@acme.example", "").read()
        #expect(one.diagnostics.map(\.code) == ["too-few-approvers"])
        #expect(one.organization != nil)
        #expect(one.diagnostics.map { "\($0.place)" } == ["core-iam.yaml:8:26"])
    }
}
