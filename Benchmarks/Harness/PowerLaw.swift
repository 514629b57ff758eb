import Foundation

/// `seconds = a * size^exponent`, fitted by least squares over the logarithms.
struct PowerLaw: Sendable {
    let exponent: Double

    struct Point: Sendable {
        let size: Int
        let seconds: Double
    }

    init(_ points: [Point]) {
        let logs = points.map { (log(Double($0.size)), log(max($0.seconds, 1e-9))) }
        let count = Double(logs.count)
        let meanSize = logs.reduce(0) { $0 + $1.0 } / count
        let meanTime = logs.reduce(0) { $0 + $1.1 } / count
        let covariance = logs.reduce(0) { $0 + ($1.0 - meanSize) * ($1.1 - meanTime) }
        let variance = logs.reduce(0) { $0 + ($1.0 - meanSize) * ($1.0 - meanSize) }
        exponent = variance == 0 ? 0 : covariance / variance
    }
}
