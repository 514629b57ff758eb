import AccessModel
import ConnectorKit
import Crypto
import Foundation

/// Signature Version 4 for one service in one region.
struct AWSSigner: Sendable {
    let service: String
    let region: String

    /// The headers that prove who asks: the date, the session's token where there is one, and the signature over all of
    /// the request's headers and its body.
    func headers(
        for request: SignableRequest, with credentials: AWSCredentials, at time: Instant
    ) -> [HTTPRequest.Field] {
        let stamp = Self.stamp(time)
        var proofs = [HTTPRequest.Field("X-Amz-Date", stamp)]
        if let token = credentials.sessionToken {
            proofs.append(HTTPRequest.Field("X-Amz-Security-Token", token.reveal()))
        }
        let replaced = Set(proofs.map { $0.name.lowercased() } + ["authorization", "host"])
        let kept = request.headers.filter { !replaced.contains($0.name.lowercased()) }
        let canonical = CanonicalRequest(
            request, headers: kept + [HTTPRequest.Field("Host", request.host)] + proofs,
            bodyHash: Self.hex(SHA256.hash(data: request.body)))
        let scope = "\(stamp.prefix(8))/\(region)/\(service)/aws4_request"
        let toSign = [
            "AWS4-HMAC-SHA256", stamp, scope, Self.hex(SHA256.hash(data: Data(canonical.text.utf8))),
        ].joined(separator: "\n")
        let signature = Self.hex(
            HMAC<SHA256>.authenticationCode(
                for: Data(toSign.utf8), using: key(of: credentials, day: String(stamp.prefix(8)))))
        proofs.append(
            HTTPRequest.Field(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
                    + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"))
        return proofs
    }

    private func key(of credentials: AWSCredentials, day: String) -> SymmetricKey {
        var key = SymmetricKey(data: Data(("AWS4" + credentials.secretAccessKey.reveal()).utf8))
        for part in [day, region, service, "aws4_request"] {
            key = SymmetricKey(data: Data(HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key)))
        }
        return key
    }

    /// `20150830T123600Z`.
    static func stamp(_ time: Instant) -> String {
        let seconds = Instant(milliseconds: time.milliseconds / 1_000 * 1_000)
        return seconds.description.filter { $0 != "-" && $0 != ":" }
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
