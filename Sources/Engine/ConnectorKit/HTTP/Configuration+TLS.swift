import AccessModel
import NIOSSL

extension HTTPSession.Configuration {
    /// Certificates are verified, whatever else is set.
    ///
    /// - Throws: A `configuration` error for PEM that is none.
    func tls() throws(ConnectorError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = certificateAuthorities { tls.trustRoots = .file(file) }
        do {
            if let pem = trustedCertificates {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(pem))
            }
            if let identity = clientIdentity {
                tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(identity.certificates).map {
                    .certificate($0)
                }
                let key = try NIOSSLPrivateKey(bytes: Array(identity.key.reveal().utf8), format: .pem)
                tls.privateKey = .privateKey(key)
            }
        } catch {
            // What the library says may hold parts of what it could not read.
            throw ConnectorError(
                code: .configuration, operation: "read certificates",
                message: "a certificate or a key is not usable PEM")
        }
        return tls
    }
}
