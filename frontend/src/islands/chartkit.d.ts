/** install registers the marks of the charts with the library. */
export function install(echarts: unknown): void;
/** revive replaces the names of formatters in an option by their functions, in place. */
export function revive<T>(option: T): T;
