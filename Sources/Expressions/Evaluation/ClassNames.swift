import FlowModel

/// The names by which the original knows the types of values; messages and `className` use them.
enum ClassNames {
    static func name(of value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool: "java.lang.Boolean"
        case .int(let number): Int32(exactly: number) != nil ? "java.lang.Integer" : "java.lang.Long"
        case .float: "java.lang.Float"
        case .double: "java.lang.Double"
        case .decimal(let number): number.scale == 0 ? "java.math.BigInteger" : "java.math.BigDecimal"
        case .string: "java.lang.String"
        case .list: "java.util.ArrayList"
        case .map: "java.util.LinkedHashMap"
        case .duration: "java.time.Duration"
        case .moment(let moment):
            switch moment {
            case .zoned: "java.time.ZonedDateTime"
            case .instant: "java.time.Instant"
            case .localDateTime: "java.time.LocalDateTime"
            case .localDate: "java.time.LocalDate"
            case .legacy: "java.util.Date"
            }
        }
    }
}
