import AccessModel
import ConnectorKit
import Tracing

extension Wave {
    /// One call of the target, and the span of the change.
    func call(_ step: ClaimedStep, until deadline: Instant) async -> Result<Receipt, ConnectorError> {
        await withSpan("change", ofKind: .client) { span in
            if span.isRecording {
                span.updateAttributes { attributes in
                    attributes["case"] = step.reference.caseID
                    attributes["step"] = "\(step.reference.sequence)"
                    attributes["change"] = step.change.id
                    attributes["target"] = "\(target.name)"
                    attributes["attempt"] = "\(step.attempt)"
                }
            }
            world.observer(
                StepNews(
                    step: step.reference, change: step.change, attempt: step.attempt, state: .running, problem: nil))
            let answer = await BoundedCall.run(step.change.id, until: deadline, clock: world.clock) { [target] in
                let context = ApplyContext(
                    idempotencyKey: step.idempotencyKey, fencingToken: step.fence, attempt: step.attempt)
                do throws(ConnectorError) {
                    return .success(try await target.connector.apply(step.change, context: context))
                } catch {
                    return .failure(error)
                }
            }
            if case .failure(let error) = answer {
                span.setStatus(SpanStatus(code: .error))
                span.updateAttributes { $0["error"] = error.code.rawValue }
            }
            return answer
        }
    }
}
