import AccessModel
import ControlPlane
import StrictJSON
import WorkflowEngine

/// How long an apply of a plan will take, target by target.
struct ForecastText {
    private let forecasts: [(target: Slug, forecast: RunForecast)]

    init(_ surveyed: Installation.Surveyed) {
        let changes = Dictionary(grouping: surveyed.survey.plan.changes, by: \.target)
        forecasts = surveyed.survey.definitions.organization.targets.compactMap { target in
            guard target.mode == .enforce, let own = changes[target.name] else { return nil }
            let forecast = RunForecast(
                changes: own.count, revocations: own.count { $0.lane == .revoke },
                requestsPerSecond: target.limits.requestsPerSecond)
            return (target.name, forecast)
        }
    }

    /// Of those that take ten seconds or more.
    var lines: [String] {
        forecasts.filter { $0.forecast.total >= .seconds(10) }.map { target, forecast in
            let revoked =
                forecast.revocations == 0 ? "" : ", what is taken away within \(Self.text(forecast.untilRevoked))"
            return "forecast: \(target) takes about \(Self.text(forecast.total)) for \(forecast.changes) changes at "
                + "\(JSONValue.number(forecast.requestsPerSecond).compactText) a second\(revoked)"
        }
    }

    var json: JSONValue {
        .array(
            forecasts.map { target, forecast in
                [
                    "target": .string(target.text), "changes": .integer(Int64(forecast.changes)),
                    "revocations": .integer(Int64(forecast.revocations)), "seconds": .number(forecast.total.seconds),
                    "revoked_seconds": .number(forecast.untilRevoked.seconds),
                ]
            })
    }

    /// In whole seconds.
    private static func text(_ span: Span) -> String {
        Span(milliseconds: (span.milliseconds + 999) / 1_000 * 1_000).description
    }
}
