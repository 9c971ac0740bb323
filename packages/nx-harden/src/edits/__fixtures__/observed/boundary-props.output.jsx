'use client';
import { useReportedError } from '../hardening/sentry-error';

const ErrorPage = (props) => {
  useReportedError(props.error);
  return <p>{props.error.message}</p>;
};
export default ErrorPage;
