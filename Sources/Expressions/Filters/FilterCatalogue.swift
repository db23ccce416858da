/// The filters, in the order in which they are shown.
enum FilterCatalogue {
    static let all: [TemplateFilter] = texts + numbers + dates + lists + formats + jq

    private static let texts: [TemplateFilter] = [
        .abbreviate, .capitalize, .condense, .endsWith, .escapeChar, .format, .indent, .lower, .nindent, .nl2br,
        .regexExtract,
        .regexMatch, .regexReplace, .replace, .sh, .slugify, .split, .startsWith, .substringAfter, .substringAfterLast,
        .substringBefore, .substringBeforeLast, .title, .trim, .upper,
    ]

    private static let numbers: [TemplateFilter] = [.abs, .number, .numberFormat]

    private static let lists: [TemplateFilter] = [
        .chunk, .default, .distinct, .first, .flatten, .join, .keys, .last, .length, .merge, .reverse, .rsort, .slice,
        .sort, .values,
    ]

    private static let formats: [TemplateFilter] = [
        .base64decode, .base64encode, .className, .json, .md5, .sha1, .sha256, .sha512, .string, .toIon, .toJson,
        .urldecode, .urlencode, .yaml,
    ]
}
