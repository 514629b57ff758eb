import Testing

@testable import API

@Suite struct PageTests {
    @Test func aCursorIsReadBackAsItWasWritten() {
        for key in ["a", "win-12345", "payments/live/contributor", "ü \u{1F600}"] {
            let cursor = Page.Cursor(key: key, place: 7)
            #expect(Page.Cursor(cursor.text) == cursor)
        }
    }

    @Test(arguments: ["", "c", "c1", "1c", "1c1", "1cZZ", "61", "1cff", "1c6 ", "-1c61", "99999999999999999999c61"])
    func whatIsNoCursorIsRefused(_ text: String) {
        #expect(Page.Cursor(text) == nil)
    }
}
