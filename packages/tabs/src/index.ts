/** The public interface of the package. */
export { joinFromTab, type TabOptions } from './join-from-tab.ts'
