import Testing

@testable import LDAPConnector

@Suite struct SearchFilterTests {
    @Test(arguments: [
        ("a", "(uid=a)"), ("*", #"(uid=\2a)"#), ("*)(uid=*", #"(uid=\2a\29\28uid=\2a)"#), ("\\", #"(uid=\5c)"#),
        ("a\0b", #"(uid=a\00b)"#), ("ana@mountainlab.io", "(uid=ana@mountainlab.io)"), ("é", #"(uid=\c3\a9)"#),
        ("(|(a=b))", #"(uid=\28\7c\28a=b\29\29)"#), ("!&", #"(uid=\21\26)"#), ("", "(uid=)"),
    ])
    func aValueNeverBecomesPartOfTheFilter(_ value: String, _ text: String) {
        #expect(SearchFilter.equals("uid", value).description == text)
    }

    @Test func filtersNest() {
        let filter = SearchFilter.and([
            .present("mail"), .not(.equals("cn", "x")), .any(of: ["uid", "mail"], are: ["a", "b"]),
        ])
        #expect(filter.description == "(&(mail=*)(!(cn=x))(|(uid=a)(mail=a)(uid=b)(mail=b)))")
    }
}
