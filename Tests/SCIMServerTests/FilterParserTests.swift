import Testing

@testable import SCIMServer

@Suite("The grammar of filters") struct FilterParserTests {
    private func read(_ text: String) throws -> String { try FilterParser.parse(text).description }

    @Test(
        "precedence, grouping, brackets and operators",
        arguments: [
            (#"userName eq "a""#, #"userName eq "a""#),
            (#"a eq 1 and b eq 2 or c eq 3"#, "((a eq 1 and b eq 2) or c eq 3)"),
            (#"a eq 1 or b eq 2 and c eq 3"#, "(a eq 1 or (b eq 2 and c eq 3))"),
            (#"(a eq 1 or b eq 2) and c eq 3"#, "((a eq 1 or b eq 2) and c eq 3)"),
            (#"a eq 1 and b eq 2 and c eq 3"#, "((a eq 1 and b eq 2) and c eq 3)"),
            (#"not (a pr)"#, "not (a pr)"),
            (#"NOT (a PR) AND b EQ true"#, "(not (a pr) and b eq true)"),
            (#"not (a pr) or b pr"#, "(not (a pr) or b pr)"),
            (#"emails[type eq "work" and value co "@x"]"#, #"emails[(type eq "work" and value co "@x")]"#),
            (#"emails[not (type eq "work")] and a pr"#, #"(emails[not (type eq "work")] and a pr)"#),
            (#"name.familyName ne null"#, "name.familyName ne null"),
            (#"x sw "a" or x ew "b" or x co "c""#, #"((x sw "a" or x ew "b") or x co "c")"#),
            (#"n gt -15e-1 and n ge 2 and n lt 3 and n le 4"#, "(((n gt -1.5 and n ge 2) and n lt 3) and n le 4)"),
            (
                #"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "x""#,
                #"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "x""#
            ),
            (#"a eq "q\"u\\o\u0074e""#, #"a eq "q\"u\\ote""#),
            (#"a eq "not (b pr) and ] ) or""#, #"a eq "not (b pr) and ] ) or""#),
            (#"members.$ref eq "x""#, #"members.$ref eq "x""#),
            (#"notes eq "x""#, #"notes eq "x""#),
            (#"android pr and orange pr"#, "(android pr and orange pr)"),
        ])
    func reads(_ text: String, _ meaning: String) throws {
        #expect(try read(text) == meaning)
        // What is printed reads as the same filter.
        #expect(try FilterParser.parse(meaning) == FilterParser.parse(text))
    }

    @Test(
        "what is no filter is refused",
        arguments: [
            "", " ", "userName", "userName eq", "userName eq abc", #"userName is "a""#, #"eq "a""#, "a pr b",
            "a pr and", "and a pr", "a pr or or b pr", "not a pr", "not", "(a pr", "a pr)", "()", "a[b pr", "a]",
            #"emails[emails[type pr]]"#, #"a eq "unclosed"#, #"a eq "bad \q escape""#, "a eq 01", "a eq 1.2.3",
            "a eq -",
            "a eq [1]", "a eq {}", #"a eq 'x'"#, "a; DROP TABLE x", "a eq TRUE", "a eq \u{0}", "ä eq 1", "a\neq 1",
            #"userName eq "a" --"#, #"a eq "x" "y""#, "a.b pr.c", "5 eq a",
        ])
    func refuses(_ text: String) throws {
        #expect(performing: { try FilterParser.parse(text) }, throws: { ($0 as? SCIMError)?.kind == .invalidFilter })
    }

    @Test("what is too deep or too long is refused, not followed") func limits() throws {
        let deep = String(repeating: "(", count: 5_000) + "a pr" + String(repeating: ")", count: 5_000)
        #expect(throws: SCIMError.self) { try FilterParser.parse(deep) }
        let nested = String(repeating: "not (", count: 31) + "a pr" + String(repeating: ")", count: 31)
        #expect(throws: SCIMError.self) { try FilterParser.parse(nested) }
        let many = Array(repeating: "a pr", count: 101).joined(separator: " or ")
        #expect(throws: SCIMError.self) { try FilterParser.parse(many) }
        #expect(throws: SCIMError.self) {
            try FilterParser.parse(#"a eq ""# + String(repeating: "x", count: 20_000) + "\"")
        }
        let allowed = String(repeating: "(", count: 30) + "a pr" + String(repeating: ")", count: 30)
        _ = try FilterParser.parse(allowed)
    }
}
