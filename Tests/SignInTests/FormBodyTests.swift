import Testing

@testable import SignIn

@Suite("Forms")
struct FormBodyTests {
    @Test("names and values are unescaped once") func reading() throws {
        let form = try #require(FormBody(Array("a=b+c&d=%2525&e=&f=%C3%A9".utf8)))
        #expect(form["a"] == "b c" && form["d"] == "%25" && form["e"]?.isEmpty == true && form["f"] == "é")
        #expect(FormBody(Array(form.encoded.utf8)) == form)
    }

    @Test("a name stands once (RFC 6749, 3.2)", arguments: ["a=1&a=2", "a=1&%61=2", "a=%", "a=%zz", "a=%C3", "%ff=1"])
    func refused(_ text: String) { #expect(FormBody(Array(text.utf8)) == nil) }

    @Test("there are not too many") func count() {
        let text = (0..<101).map { "a\($0)=1" }.joined(separator: "&")
        #expect(FormBody(Array(text.utf8)) == nil)
    }
}
