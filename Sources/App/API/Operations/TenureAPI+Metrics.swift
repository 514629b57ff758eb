import AccessModel
import AuditTrail
import ControlPlane
import StrictJSON
import WebServer

extension TenureAPI {
    static func metricsOperations() -> [Operation] {
        let page = MetricsPage()
        return [
            Operation(
                id: "metrics", method: .get, pattern: "/metrics", tag: "reports",
                summary:
                    "The numbers of `/api/v1/reports/slis` over thirty days, as Prometheus reads them; a minute old at most.",
                access: .platformMember,
                answers: [
                    Operation.Answer(
                        status: .ok, schema: .text(maximum: 1 << 20), summary: "a line a number",
                        type: "text/plain")
                ]
            ) { call in
                let text = try await page.text(call.installation)
                return .text(text, type: "text/plain; version=0.0.4; charset=utf-8")
            }
        ]
    }
}

/// The numbers, made once a minute for all who ask: they are made of the whole log.
private actor MetricsPage {
    private var known: (text: String, at: ContinuousClock.Instant)?

    func text(_ installation: Installation) async throws -> String {
        if let known, ContinuousClock.now - known.at < .seconds(60) { return known.text }
        let now = installation.now
        let text = try await installation.serviceLevels(from: now - .days(30), to: now).metrics
        known = (text, .now)
        return text
    }
}

extension SLIReport {
    /// As Prometheus' text format has them.
    var metrics: String {
        let times = [("M1", m1), ("M2", m2)]
        let shares = [("M3", m3), ("M4", m4), ("M5", m5), ("M6", m6), ("M8", m8), ("M9", m9), ("M10", m10)]
        var lines = [
            "# HELP tenure_sli_seconds A time that is measured, in seconds.", "# TYPE tenure_sli_seconds gauge",
        ]
        for (key, latency) in times {
            for (quantile, value) in [("0.5", latency.p50), ("0.95", latency.p95)] {
                guard let value else { continue }
                lines.append(
                    "tenure_sli_seconds{measure=\"\(key)\",quantile=\"\(quantile)\"} \(Double(value) / 1_000)")
            }
        }
        lines += ["# HELP tenure_sli_value A share in percent, or a count.", "# TYPE tenure_sli_value gauge"]
        for (key, share) in shares {
            guard let value = share.value else { continue }
            lines.append("tenure_sli_value{measure=\"\(key)\",unit=\"\(share.unit.rawValue)\"} \(value)")
        }
        lines += ["# HELP tenure_sli_samples How many were measured.", "# TYPE tenure_sli_samples gauge"]
        let counts = times.map { ($0.0, $0.1.n, $0.1.ok) } + shares.map { ($0.0, $0.1.n, $0.1.ok) }
        lines += counts.map { "tenure_sli_samples{measure=\"\($0.0)\"} \($0.1)" }
        lines += ["# HELP tenure_sli_ok Whether it is as it should be.", "# TYPE tenure_sli_ok gauge"]
        lines += counts.map { "tenure_sli_ok{measure=\"\($0.0)\"} \($0.2 ? 1 : 0)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
