'use client';
const ErrorPage = (props) => {
  return <p>{props.error.message}</p>;
};
export default ErrorPage;
