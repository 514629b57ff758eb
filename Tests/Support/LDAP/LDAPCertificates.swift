/// A certificate authority of its own, and a server's certificate for one loopback address.
public struct LDAPCertificates: Sendable {
    public let caFile: String
    public let certificateFile: String
    public let keyFile: String

    /// Those that were made before and copied to the folder at `path`.
    init(at path: String) {
        (caFile, certificateFile, keyFile) = (path + "/ca.pem", path + "/server.pem", path + "/server.key")
    }

    /// Made with openssl, under `folder`.
    public init(_ folder: LDAPFolder, address: String) throws {
        caFile = folder.path + "/ca.pem"
        certificateFile = folder.path + "/server.pem"
        keyFile = folder.path + "/server.key"
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try LDAPTool.require(
            "openssl",
            ["req", "-x509"] + key + [
                "-keyout", folder.path + "/ca.key", "-out", caFile, "-subj", "/CN=Tenure test CA", "-days", "2",
            ])
        try LDAPTool.require(
            "openssl",
            ["req"] + key + ["-keyout", keyFile, "-out", folder.path + "/server.csr", "-subj", "/CN=\(address)"])
        let extensions = try folder.write("subjectAltName=IP:\(address)\nbasicConstraints=CA:FALSE\n", to: "server.ext")
        try LDAPTool.require(
            "openssl",
            [
                "x509", "-req", "-in", folder.path + "/server.csr", "-CA", caFile, "-CAkey", folder.path + "/ca.key",
                "-CAcreateserial", "-out", certificateFile, "-days", "2", "-extfile", extensions,
            ])
    }
}
