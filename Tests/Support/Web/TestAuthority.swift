import Foundation

/// A certificate authority of a test's own, made with openssl.
public struct TestAuthority: Sendable {
    /// A certificate and its key, each in a PEM file.
    public struct Pair: Sendable {
        public let certificate: String
        public let key: String
    }

    private let folder: String
    private let name: String
    public let certificate: String
    private static let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    public init(_ name: String, in folder: String) throws {
        self.folder = folder
        self.name = name
        certificate = "\(folder)/\(name).pem"
        try LDAPTool.require(
            "openssl",
            ["req", "-x509"] + Self.curve + [
                "-keyout", "\(folder)/\(name).key", "-out", certificate, "-subj", "/CN=\(name)", "-days", "2",
            ])
    }

    /// Signs a certificate.
    ///
    /// - Parameter days: How long it is good; a negative number for one whose time is over.
    public func sign(_ subject: String, as file: String, days: Int = 2) throws -> Pair {
        let pair = Pair(certificate: "\(folder)/\(file).pem", key: "\(folder)/\(file).key")
        try LDAPTool.require(
            "openssl",
            ["req"] + Self.curve + ["-keyout", pair.key, "-out", "\(folder)/\(file).csr", "-subj", "/CN=\(subject)"])
        try Data("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n".utf8)
            .write(to: URL(filePath: "\(folder)/\(file).ext"))
        try LDAPTool.require(
            "openssl",
            [
                "x509", "-req", "-in", "\(folder)/\(file).csr", "-CA", certificate, "-CAkey", "\(folder)/\(name).key",
                "-CAcreateserial", "-out", pair.certificate, "-days", "\(days)", "-extfile", "\(folder)/\(file).ext",
            ])
        return pair
    }
}
