import StrictJSON

/// A text that this module wrote, read again.
enum JSONText {
    static func member(_ name: String, of text: String) throws(JSONError) -> String? {
        try JSONParser.parse(text)[name]?.string
    }
}
