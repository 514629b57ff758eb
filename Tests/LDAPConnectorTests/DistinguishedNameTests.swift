import Testing

@testable import LDAPConnector

@Suite struct DistinguishedNameTests {
    /// A value, and how RFC 4514 writes it.
    static let escapes: [(String, String)] = [
        ("plain", "plain"), ("a,b", #"a\,b"#), ("a+b", #"a\+b"#), (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#),
        ("a<b>c", #"a\<b\>c"#), ("a;b", #"a\;b"#), ("a=b", #"a\=b"#), ("#a", "\\#a"), ("a#", "a#"), (" a", #"\ a"#),
        ("a ", #"a\ "#), (" ", #"\ "#), ("a b", "a b"), ("a\0b", #"a\00b"#), ("a\r\nb", #"a\0d\0ab"#), ("Zoë", "Zoë"),
        ("*)(uid=*", #"*)(uid\=*"#), ("日本", "日本"), ("", ""),
    ]

    @Test(arguments: escapes)
    func aValueIsEscapedAndReadBack(_ value: String, _ text: String) throws {
        #expect(DistinguishedName.escape(Array(value.utf8)) == text)
        let name = try #require(DistinguishedName("cn=\(text),ou=people,dc=example,dc=org"))
        #expect(name.components.count == 4)
        #expect(name.relativeValue("CN")?.utf8.elementsEqual(value.utf8) == true)
        #expect(DistinguishedName(name.description)?.relativeValue("cn")?.utf8.elementsEqual(value.utf8) == true)
    }

    @Test func everyByteSurvives() throws {
        for byte in UInt8.min...UInt8.max {
            let value = [UInt8(ascii: "x"), byte, UInt8(ascii: "y")]
            let name = DistinguishedName(components: [[.init(type: "cn", value: value)], [.init("dc", "org")]])
            let read = try #require(DistinguishedName(name.description))
            #expect(read.relative.first?.value == value, "byte \(byte) as `\(name)`")
        }
    }

    @Test(arguments: [
        ("uid=E-0001,OU=People,DC=Example,DC=org", "UID=e-0001, ou=people , dc = example,dc=ORG"),
        ("cn=Ana  Ruiz,dc=org", "cn=ana ruiz,dc=org"), ("2.5.4.3=a,dc=org", "CN=A,dc=org"),
        ("cn=a+uid=b,dc=org", "uid=B+cn=A,dc=org"), (#"cn=Zo\c3\ab,dc=org"#, "cn=ZOË,dc=org"),
        ("cn=#04024869,dc=org", "cn=Hi,dc=org"), (#"cn=a\2cb,dc=org"#, #"CN=a\,b,DC=ORG"#),
        ("cn=e\u{301},dc=x", "cn=é,dc=x"),
        ("cn=a;dc=org", "cn=a,dc=org"), (#"cn=\ a\ ,dc=org"#, "cn=a,dc=org"),
    ])
    func namesThatAServerTakesForOneAreEqual(_ left: String, _ right: String) throws {
        let (left, right) = (try #require(DistinguishedName(left)), try #require(DistinguishedName(right)))
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
    }

    @Test(arguments: [
        ("cn=a,dc=org", "cn=b,dc=org"), ("cn=a,dc=org", "uid=a,dc=org"), ("cn=a,dc=org", "cn=a,ou=x,dc=org"),
        (#"cn=a\,dc\=org"#, "cn=a,dc=org"), ("cn=a+uid=b,dc=org", "cn=a,uid=b,dc=org"),
        ("cn=ab,dc=org", "cn=a b,dc=org"),
    ])
    func namesThatAServerTellsApartDiffer(_ left: String, _ right: String) throws {
        #expect(try #require(DistinguishedName(left)) != #require(DistinguishedName(right)))
    }

    @Test(arguments: [
        "cn", "cn=a,", "=a", ",cn=a", "cn=a,,dc=org", #"cn=a\"#, #"cn=a\zz"#, #"cn=a"b"#, "cn=a<b", "cn=a\0b", "cn=#0",
        "cn=#", "c n=a", "cn=a+", "cn=#0405486,dc=x", "é=a",
    ])
    func whatIsNoNameIsRefused(_ text: String) { #expect(DistinguishedName(text) == nil) }

    /// Written plainly or not, a name has the key that its components have.
    @Test func theShortWayToTheKeyIsTheLongOne() throws {
        let parts = [
            "uid=e-1", "CN=Ana Ruiz", "ou=A.b_c@d", "dc=x", "mail=a", "cn=", "cn= a", "cn=a ", "cn=a  b", "cn=#a",
        ]
        let more = ["employeeNumber=1", "2.5.4.3=a", #"cn=a\2cb"#, "cn=Zoë", "cn=a+uid=b", "cn=a=b", "l=Ä", "userid=x"]
        var plain = 0
        for first in parts + more {
            for second in parts + more {
                let text = "\(first),\(second)"
                guard let name = DistinguishedName(text) else { continue }
                #expect(name.key == DistinguishedName(components: name.components).key, "\(text)")
                #expect(DistinguishedName(name.description) == name, "\(text)")
                if DistinguishedName.plainKey(of: text) != nil { plain += 1 }
            }
        }
        #expect(plain == 25)
    }

    @Test func placeInTheTree() throws {
        let base = try #require(DistinguishedName("ou=people,dc=example,dc=org"))
        func isWithin(_ text: String) -> Bool { DistinguishedName(text)?.isWithin(base) ?? false }
        #expect(isWithin("uid=a,OU=People,dc=example,dc=org"))
        #expect(isWithin("uid=a,ou=x,ou=people,dc=example,dc=org"))
        #expect(isWithin("ou=people,dc=example,dc=org"))
        #expect(!isWithin("uid=a,ou=otherpeople,dc=example,dc=org"))
        #expect(!isWithin("uid=a,dc=example,dc=org"))
        // A comma inside of a value does not make a place.
        #expect(!isWithin(#"uid=a\,ou\=people\,dc\=example\,dc\=org"#))
    }
}
