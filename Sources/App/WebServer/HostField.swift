import HTTPTypes

/// The header `Host`, which says what whoever asked takes this server for. It decides nothing here: addresses in answers
/// come from the configuration. One that is missing, stands twice or is no host shows that somebody in between may read
/// the request otherwise (RFC 9112, 3.2).
enum HostField {
    static func check(_ head: HTTPRequest) throws(Problem) {
        // The first one became the authority.
        guard let host = head.authority, isHost(host), !head.headerFields.contains(where: { $0.name == name }) else {
            throw Problem(.badRequest, "invalid-host", "a request names one host in `Host`")
        }
    }

    /// `name`, `name:port`, `192.0.2.1`, `[2001:db8::1]:443`: what such a thing is made of.
    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 300
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._:[]%~".utf8.contains(byte)
                }
            }
    }

    private static let name = HTTPField.Name("Host") ?? .via
}
