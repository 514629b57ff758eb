import AccessModel
import Definitions
import Testing

/// Groups, their names, who stands in them, who may ask, and under which rule.
@Suite struct OrganizationWindowTests {
    private func organization(_ acme: AcmeFiles = AcmeFiles()) throws -> Organization {
        let reading = acme.read()
        return try #require(reading.organization, "\(reading.diagnostics.map(\.text))")
    }

    private func group(_ path: String) throws -> Group { try #require(Group(path)) }

    private func rule(_ path: String, _ acme: AcmeFiles = AcmeFiles()) throws -> String? {
        try organization(acme).jitRule(for: group(path)).map {
            "\($0.approval.rawValue) \($0.maximumDuration) \($0.justificationRequired ? "reason" : "no reason")"
        }
    }

    private func people(_ lists: [MemberList]) -> [String] {
        lists.map { "\($0.name): " + $0.people.map { String($0.email.text.prefix(3)) }.joined(separator: " ") }
    }

    @Test func everyCombinationHasAGroup() throws {
        let groups = try organization().groups
        #expect(groups.count == 3 * 2 * 4)
        #expect(groups == groups.sorted())
        #expect(try organization().slug(of: group("cart/live/operator")) == "cart-live-operator")
        #expect(try organization().slug(of: group("cart/live/reader")) == "cart-live-readers")
    }

    @Test func aSectorMayHaveFewerTiers() throws {
        let acme = AcmeFiles.with("tenants/bench.yaml", bytes: "name: bench\nsectors: [lab]\nmembers: {}\n".utf8)
        let names = try organization(acme).tiers(of: #require(Slug("bench"))).map(\.name.text)
        #expect(names == ["sandbox"])
    }

    @Test func readersMaySpanTiers() throws {
        var acme = AcmeFiles.with("platform.yaml", "{group:", "{cross_tier_readers: true, group:")
        for path in ["core-iam.yaml"] {
            let text = String(decoding: acme.files[path] ?? [], as: UTF8.self)
            acme.files[path] = Array(text.replacing("platform-live-readers", with: "platform-readers").utf8)
        }
        let organization = try organization(acme)
        #expect(try organization.slug(of: group("cart/live/reader")) == "cart-readers")
        #expect(try organization.slug(of: group("cart/sandbox/reader")) == "cart-readers")
        #expect(try organization.slug(of: group("cart/live/admin")) == "cart-live-admins")
    }

    @Test func whoStandsAndWhoMayAsk() throws {
        let organization = try organization()
        func standing(_ path: String) throws -> [String] { try people(organization.standingLists(of: group(path))) }
        func eligible(_ path: String) throws -> [String] { try people(organization.eligibleLists(for: group(path))) }
        #expect(try standing("cart/live/reader") == ["admins: cyd dan", "contributors: eve"])
        #expect(try standing("cart/live/contributor") == [])
        #expect(try standing("cart/sandbox/contributor") == ["admins: cyd dan", "contributors: eve"])
        #expect(try standing("cart/sandbox/admin") == [])
        #expect(try eligible("cart/live/admin") == ["admins: cyd dan"])
        #expect(try eligible("cart/live/contributor") == ["admins: cyd dan", "contributors: eve"])
        #expect(try eligible("cart/live/reader") == [])
        #expect(try eligible("platform/live/contributor") == ["platform-live-admins: ada bob"])
        #expect(
            try standing("platform/live/reader") == ["platform-live-admins: ada bob", "platform-live-readers: eve"])
        #expect(
            try people(organization.substituteApproverLists(for: group("cart/live/admin")))
                == ["platform-live-admins: ada bob"])
    }

    @Test func readersMayAskToContributeWhereItIsNotLive() throws {
        let acme = AcmeFiles.with("tenants/cart.yaml", "readers: []", "readers: [zoe@acme.example]")
        let lists = try organization(acme).eligibleLists(for: group("cart/sandbox/contributor"))
        #expect(people(lists) == ["admins: cyd dan", "contributors: eve", "readers: zoe"])
    }

    @Test func whereAGroupIsAssigned() throws {
        let organization = try organization()
        let store = try #require(organization.targets.last)
        #expect(try organization.coveredSectors(of: group("cart/live/reader"), in: store).map(\.text) == ["shop"])
        #expect(try organization.coveredSectors(of: group("platform/live/reader"), in: store) == [])
    }

    @Test func theDefaultsOfTheDesign() throws {
        let bare = AcmeFiles.with("tenants/bare.yaml", bytes: "name: bare\nsectors: [shop]\nmembers: {}\n".utf8)
        #expect(try rule("bare/sandbox/contributor", bare) == "self 8h no reason")
        #expect(try rule("bare/live/contributor", bare) == "self 4h reason")
        #expect(try rule("bare/sandbox/admin", bare) == "peer 4h no reason")
        #expect(try rule("bare/live/admin", bare) == "peer 2h reason")
        #expect(try rule("bare/live/reader", bare) == nil)
        #expect(try rule("bare/live/operator", bare) == nil)
        #expect(try rule("nobody/live/admin", bare) == nil)
    }

    @Test func whatTightens() throws {
        #expect(try rule("cart/live/contributor") == "peer 2h reason")
        #expect(try rule("cart/live/admin") == "two-party 1h reason")
        #expect(try rule("cart/sandbox/admin") == "peer 4h no reason")
        #expect(try rule("security/live/admin") == "two-party 1h reason")
        #expect(try rule("security/sandbox/admin") == "peer 4h no reason")
        #expect(try rule("platform/live/admin") == "peer 2h reason")
    }

    @Test func theSecurityTeamsOwnRuleStandsInItsPlace() throws {
        let own = "{name: security, core: true, jit: {live_admin: {max_duration_hours: 1.5}}}"
        let acme = AcmeFiles.with("platform.yaml", "{name: security, core: true}", own)
            .replacing("core-iam.yaml", "jit: {max_duration_hours: 1}", "standing: false")
        #expect(try rule("security/live/admin", acme) == "peer 90m reason")
    }

    @Test func theStrictestOfTheSectors() throws {
        let acme = AcmeFiles.with(
            "platform.yaml", "{name: lab, tiers: [sandbox]}",
            "{name: lab, tiers: [sandbox], jit: {sandbox_admin: {approval: two-party, max_duration_hours: 6}}}"
        ).replacing("tenants/cart.yaml", "sectors: [shop]", "sectors: [shop, lab]")
        #expect(try rule("cart/sandbox/admin", acme) == "two-party 4h no reason")
        #expect(try rule("cart/live/admin", acme) == "two-party 1h reason")
    }

    @Test func aTierWithoutKeysTakesThoseOfItsClass() throws {
        let acme = AcmeFiles.with(
            "platform.yaml", "- {name: live, live: true}", "- {name: live, live: true}\n  - {name: prod, live: true}"
        )
        .replacing(
            "platform.yaml", "live_contributor: {approval: self, max_duration_hours: 4}",
            "live_contributor: {approval: peer, max_duration_hours: 3}\n  prod_admin: {max_duration_hours: 0.5}")
        #expect(try rule("cart/prod/contributor", acme) == "peer 3h reason")
        #expect(try rule("cart/prod/admin", acme) == "two-party 30m reason")
        #expect(try rule("platform/prod/admin", acme) == "peer 30m reason")
    }

    @Test func looseningEndsAtTheCeiling() throws {
        let acme = AcmeFiles.with(
            "tenants/cart.yaml", "live_contributor: {approval: peer, max_duration_hours: 2}",
            "sandbox_admin: {approval: self, max_duration_hours: 12}")
        #expect(try rule("cart/sandbox/admin", acme) == "self 12h no reason")
    }

    @Test func aRegimeOfTheOrganisationsOwn() throws {
        let acme = AcmeFiles.with(
            "platform.yaml", "ceilings:", "compliance: {sox: {live_contributor: {approval: two-party}}}\nceilings:"
        ).replacing("tenants/cart.yaml", "compliance: pci-dss", "compliance: [sox]")
            .replacing("tenants/cart.yaml", "{approval: peer, max_duration_hours: 2}", "{max_duration_hours: 2}")
        #expect(try rule("cart/live/contributor", acme) == "two-party 2h reason")
        #expect(try rule("cart/live/admin", acme) == "peer 2h reason")
    }
}
