import ControlPlane
import Foundation
import Logging
import NIOSSL
import Synchronization
import WebServer

/// How a server proves who it is, and who it lets ask.
struct ServerTLS {
    private let certificate: String
    private let key: String
    private let authorities: String?
    private let clients: ServerConfiguration.ClientCertificates

    /// Nil where nothing is configured.
    init?(_ configuration: ServerConfiguration) {
        guard let certificate = configuration.certificate, let key = configuration.certificateKey else { return nil }
        self.certificate = certificate
        self.key = key
        authorities = configuration.clientAuthorities
        clients = configuration.clientCertificates
    }

    /// A certificate that is renewed in its file is shown from the next connection on; who may sign clients' is read once.
    func settings(_ logger: Logger) throws -> TLSConfiguration {
        do {
            let pair = try CertificatePair(certificate: certificate, key: key)
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key))
            tls.minimumTLSVersion = .tlsv12
            if let authorities, clients != .off {
                tls.trustRoots = .file(authorities)
                tls.certificateVerification = clients == .required ? .noHostnameVerification : .optionalVerification
            }
            let renewal = CertificateRenewal(pair, certificate: certificate, key: key, logger: logger)
            tls.sslContextCallback = { _, promise in
                let pair = renewal.current()
                var shown = NIOSSLContextConfigurationOverride()
                shown.certificateChain = pair.chain.map { .certificate($0) }
                shown.privateKey = .privateKey(pair.key)
                promise.succeed(shown)
            }
            return tls
        } catch {
            throw InstallationError(
                code: .file, operation: "set TLS up with `\(certificate)`",
                message: "the certificate or its key cannot be read: \(error)")
        }
    }
}

/// A server's chain, its own certificate first, and its key.
private struct CertificatePair: Sendable {
    let chain: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey

    init(certificate: String, key: String) throws {
        chain = try NIOSSLCertificate.fromPEMFile(certificate)
        self.key = try NIOSSLPrivateKey(file: key, format: .pem)
        _ = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(self.key)))
    }
}

/// The pair in force: read again once its files have changed, and have then been left alone for a while: a renewal writes one
/// after the other. One that cannot be read is not taken.
private final class CertificateRenewal: Sendable {
    private struct State {
        var pair: CertificatePair
        var stamp: Stamp?
        /// What was seen last, and since when it is so.
        var seen: Stamp?
        var seenSince: ContinuousClock.Instant
        var lookedAt: ContinuousClock.Instant
    }

    /// By which a changed file is told.
    private struct Stamp: Equatable {
        var modified: [Date]
        var sizes: [Int]
    }

    private let certificate: String
    private let key: String
    private let logger: Logger
    private let state: Mutex<State>

    init(_ pair: CertificatePair, certificate: String, key: String, logger: Logger) {
        self.certificate = certificate
        self.key = key
        self.logger = logger
        let stamp = Self.stamp([certificate, key])
        state = Mutex(State(pair: pair, stamp: stamp, seen: stamp, seenSince: .now, lookedAt: .now))
    }

    /// How long the files have to be left alone.
    private static let calm = Duration.seconds(5)

    func current() -> CertificatePair {
        state.withLock { state in
            guard ContinuousClock.now - state.lookedAt >= .seconds(1) else { return state.pair }
            state.lookedAt = .now
            let stamp = Self.stamp([certificate, key])
            if stamp != state.seen {
                state.seen = stamp
                state.seenSince = .now
            }
            guard stamp != state.stamp, ContinuousClock.now - state.seenSince >= Self.calm else { return state.pair }
            do {
                state.pair = try CertificatePair(certificate: certificate, key: key)
                state.stamp = stamp
                logger.info("the renewed certificate is shown from now on")
            } catch {
                logger.warning(
                    "the certificate was changed and cannot be taken yet: \(LogText.visible("\(error)"))")
            }
            return state.pair
        }
    }

    /// Nil where one of them cannot be looked at.
    private static func stamp(_ paths: [String]) -> Stamp? {
        var stamp = Stamp(modified: [], sizes: [])
        for path in paths {
            // A link that is switched over to another file is as good as a new file.
            let resolved = URL(filePath: path).resolvingSymlinksInPath().path
            do {
                let attributes = try FileManager.default.attributesOfItem(atPath: resolved)
                stamp.modified.append(attributes[.modificationDate] as? Date ?? .distantPast)
                stamp.sizes.append(attributes[.size] as? Int ?? 0)
            } catch {
                return nil
            }
        }
        return stamp
    }
}
