import AccessModel
import ConnectorKit
import StrictJSON
import Testing

@testable import LDAPConnector

@Suite struct SmallPartsTests {
    // MARK: Ranges

    @Test(arguments: [
        ("member;range=0-1499", 0, 1_499 as Int?), ("Member;Range=1500-*", 1_500, nil),
    ])
    func aRangeIsRead(_ text: String, _ first: Int, _ last: Int?) {
        #expect(RangedAttribute("member").part(of: text) == .init(first: first, last: last))
    }

    @Test(arguments: [
        "member", "member;range=", "member;range=a-b", "member;range=5-4", "memberOf;range=0-*", "member;range=0",
    ])
    func whatIsNoRangeIsNot(_ text: String) { #expect(RangedAttribute("member").part(of: text) == nil) }

    // MARK: Answers

    @Test(
        arguments: [
            (51, .throttled, true), (11, .throttled, true), (52, .targetFailure, true), (80, .targetFailure, true),
            (53, .targetFailure, true), (-1, .unreachable, true), (-5, .unreachable, true), (-11, .unreachable, true),
            (49, .unauthorized, false), (50, .forbidden, false), (19, .invalid, false), (65, .invalid, false),
            (32, .missingDependency, true), (4, .incomplete, true), (10, .incomplete, true),
            (13, .configuration, false),
        ] as [(Int32, ConnectorError.Code, Bool)])
    func anAnswerSaysWhetherToTryAgain(_ code: Int32, _ expected: ConnectorError.Code, _ isRetryable: Bool) {
        let failure = LDAPFailure.answered(ResultCode(rawValue: code), "said\nso \u{1B}[31m")
        let error = failure.connectorError(during: "add member")
        #expect(error.code == expected && error.isRetryable == isRetryable)
        #expect(error.message.contains("said so") && error.message.utf8.allSatisfy { $0 >= 0x20 })
    }

    // MARK: Passwords

    @Test func aPasswordIsLongMixedAndNew() {
        let texts = (0..<50).map { _ in GeneratedPassword.make().reveal() }
        #expect(Set(texts).count == 50)
        for text in texts {
            #expect(text.utf8.count == 40)
            #expect(text.contains(where: \.isUppercase) && text.contains(where: \.isLowercase))
            #expect(text.contains(where: \.isNumber) && text.contains { !$0.isLetter && !$0.isNumber })
        }
        #expect(GeneratedPassword.encoded(SecretText("aé")) == [0x22, 0, 0x61, 0, 0xE9, 0, 0x22, 0])
    }

    // MARK: Settings

    static let usable: JSONValue = [
        "url": "ldaps://127.0.0.1:636", "bind_dn": "cn=t,dc=example,dc=org", "base_dn": "dc=example,dc=org",
    ]

    /// A change to usable settings, and a word of the message that refuses it.
    static let refused: [(String, JSONValue, String)] = [
        ("url", nil, "url"), ("url", "http://127.0.0.1", "ldaps://"), ("url", "ldaps://h/dc=x??sub", "nothing more"),
        ("url", "ldaps://h%2f", "nothing more"), ("url", "ldaps://", "nothing more"), ("url", "ldapi:///", "ldaps://"),
        ("url", "ldaps://a b", "nothing more"), ("base_dn", "no name", "base_dn"), ("base_dn", "", "base_dn"),
        ("people_ou", "people", "people_ou"), ("flavor", "novell", "active-directory"), ("page_size", 0, "page_size"),
        ("page_size", 1_001, "page_size"), ("page_size", "many", "page_size"),
        ("id_attribute", "a)(b=*", "id_attribute"),
        ("login_attribute", "mail;x", "login_attribute"), ("starttls", true, "starttls"), ("colour", "red", "colour"),
        ("operation_timeout", "100ms", "operation_timeout"), ("network_timeout", "1h", "network_timeout"),
        ("bind_dn", nil, "bind_dn"), ("disabled_ou", "dc=example,dc=org", "disabled_ou"),
    ]

    @Test(arguments: refused)
    func unusableSettingsAreRefused(_ name: String, _ value: JSONValue, _ word: String) throws {
        var object = try #require(Self.usable.object)
        object[name] = value
        let error = #expect(throws: ConnectorError.self) { try Self.read(.object(object)) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(word) == true, "\(String(describing: error))")
    }

    @Test func thePasswordIsNeverSentInTheClearOverTheNetwork() throws {
        var object = try #require(Self.usable.object)
        object["url"] = "ldap://ldap.example.org"
        #expect(try Self.read(.object(object)).endpoint.startsTLS)
        object["starttls"] = false
        #expect(throws: ConnectorError.self) { try Self.read(.object(object)) }
        object["url"] = "ldap://127.0.0.1:389"
        #expect(try Self.read(.object(object)).endpoint.isProtected == false)
    }

    @Test(arguments: [nil, ""]) func aPasswordIsNeeded(_ password: String?) {
        #expect(throws: ConnectorError.self) { try Self.read(Self.usable, password: password) }
    }

    @Test func unitsAreBelowTheBase() throws {
        var object = try #require(Self.usable.object)
        object["people_ou"] = "ou=staff,ou=madrid"
        object["groups_ou"] = "OU=Teams,DC=Example,DC=Org"
        let settings = try Self.read(.object(object))
        #expect(settings.people.description == "ou=staff,ou=madrid,dc=example,dc=org")
        #expect(settings.groups.description == "OU=Teams,DC=Example,DC=Org")
    }

    private static func read(_ settings: JSONValue, password: String? = "secret-password") throws -> LDAPSettings {
        try LDAPSettings(
            ConnectorConfiguration(
                target: #require(Slug("corp")), settings: settings, credential: password.map { SecretText($0) },
                baseDirectory: "/", organization: #require(Slug("example")), clock: { Instant(milliseconds: 0) }))
    }
}
