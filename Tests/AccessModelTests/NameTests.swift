import AccessModel
import Testing

@Suite struct NameTests {
    @Test(arguments: ["a", "a1", "payments", "pay-ments-2", "no", "a" + String(repeating: "b", count: 62)])
    func slugs(text: String) { #expect(Slug(text)?.text == text) }

    @Test(arguments: [
        "", "A", "1a", "-a", "a-", "a_b", "a b", "a.b", "é", "e\u{301}", "a\u{301}", "a/b", "a\n", "аdmin",
        "a" + String(repeating: "b", count: 63),
    ])
    func noSlugs(text: String) { #expect(Slug(text) == nil) }

    @Test(arguments: ["e-0001", "A", "9", "a.b_c-d", String(repeating: "x", count: 64)])
    func ids(text: String) { #expect(PersonID(text)?.text == text) }

    @Test(arguments: ["", "-a", ".a", "_a", "a b", "a:b", "a/b", "é", String(repeating: "x", count: 65)])
    func noIDs(text: String) { #expect(PersonID(text) == nil) }

    @Test(arguments: [
        "a@b.io", "Marta.Ruiz+x@Mountain-Lab.IO", "o'brien@x.example", "a!#$%&'*+-/=?^_`{|}~b@c.de",
    ])
    func addresses(text: String) { #expect(EmailAddress(text)?.text == text) }

    @Test(arguments: [
        "", "a", "@b.io", "a@", "a@b", "a@b.", "a@.io", "a@b..io", "a@-b.io", "a@b-.io", ".a@b.io", "a.@b.io",
        "a b@c.de",
        "a@b@c.de", "é@b.io", "a@é.io", "a@b.io\n", "\"a\"@b.io", "a@[127.0.0.1]", "<a@b.io>",
        String(repeating: "x", count: 65) + "@b.io", "a@" + String(repeating: "b", count: 64) + ".io",
    ])
    func noAddresses(text: String) { #expect(EmailAddress(text) == nil) }

    @Test func addressesAreComparedInLowerCaseAndKeptAsGiven() throws {
        let left = try #require(EmailAddress("Marta@Mountainlab.io"))
        let right = try #require(EmailAddress("marta@mountainlab.IO"))
        #expect(left == right && left.hashValue == right.hashValue)
        #expect(left.text == "Marta@Mountainlab.io")
        #expect(left.domain == "mountainlab.io")
        // A Turkish or Kelvin look-alike folds to nothing of ours.
        #expect(EmailAddress("\u{212A}ate@b.io") == nil && EmailAddress("ı@b.io") == nil)
    }

    @Test(arguments: [
        "Group(\"payments\", \"live\", \"contributor\")", "payments/live/contributor",
        "Group(\"payments\",\"live\",\"contributor\")",
    ])
    func groups(text: String) throws {
        let group = try #require(Group(text))
        #expect(group.description == "Group(\"payments\", \"live\", \"contributor\")")
        #expect(group.path == "payments/live/contributor")
        #expect(Group(group.description) == group)
    }

    @Test(arguments: [
        "", "payments", "payments/live", "payments/live/owner", "payments/live/admin/x", "Group()",
        "Group(a, b, admin)",
        "Group(\"a\", \"b\")", "Group(\"A\", \"b\", \"admin\")", "Group(\"a\", \"b\", \"admin\"", "a//admin",
        "/b/admin",
        "Group(\")", "Group(\"\", \"\", \"\")",
    ])
    func noGroups(text: String) { #expect(Group(text) == nil) }

    @Test(arguments: ["e-0001", "workload:payments/live/deploy", "foreign:Some Body|*", "foreign:"])
    func identities(text: String) { #expect(IdentityID(text)?.description == text) }

    @Test(arguments: ["", "workload:a/b", "workload:a/b/c/d", "workload:A/b/c", "stranger:a", "a b"])
    func noIdentities(text: String) { #expect(IdentityID(text) == nil) }

    @Test func coordinatesCover() throws {
        let live = try #require(Slug("live"))
        let sandbox = try #require(Slug("sandbox"))
        let cover = Coordinate(sector: .ignored, tier: .exactly(live))
        #expect(cover.description == "_/live/*/*")
        #expect(cover.covers(sector: sandbox, tier: live, tenant: nil))
        #expect(!cover.covers(sector: nil, tier: sandbox, tenant: nil))
        #expect(cover.covers(sector: nil, tier: nil, tenant: nil))
        #expect(Coordinate.Dimension("A") == nil && Coordinate.Dimension("*") == .all)
    }

    @Test func rolesAreOrderedByWhatTheyCanDo() {
        #expect(Role.allCases.sorted() == [.reader, .contributor, .admin, .operator])
        #expect(Role.allCases.map(\.plural).sorted() == ["admins", "contributors", "operator", "readers"])
    }

    @Test func secretsDoNotPrint() {
        let secret = SecretText("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
            #expect(!text.contains("hunter2"))
        }
        #expect(secret.reveal() == "hunter2")
    }
}
